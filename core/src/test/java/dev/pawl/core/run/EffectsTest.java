package dev.pawl.core.run;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import static dev.pawl.core.run.Requests.activity;
import static dev.pawl.core.run.Requests.failure;
import static org.assertj.core.api.Assertions.assertThat;

class EffectsTest {
  private static final RunId RUN = Samples.NOBODY;
  private static final Mail.Key TIMER = Mail.Key.timer(RUN, 1);
  private static final Effect POST = new Effect.Post(new Mail(TIMER, World.NOON, new Mail.TimerDue(1)));
  private static final Effect UNPOST = new Effect.Unpost(TIMER);
  private static final Effect TAKE = new Effect.Take(TIMER);

  private static ActivityTask task(long epoch) {
    World world = State.FIRST_LEASE.world();
    world.report(Samples.run(world), true, activity(1));
    ActivityTask task = world.tasks.values().iterator().next();
    for (long i = 0; i < epoch; i++) task = task.leased(World.ANN, World.NOON);
    return task;
  }

  private static List<Effect> merged(Effect... effects) {
    return Effects.merged(List.of(effects));
  }

  @Test
  void whatIsBornAndEndsInOneBreathWasNeverThere() {
    ActivityTask task = task(0);
    assertThat(merged(POST, UNPOST)).isEmpty();
    assertThat(merged(new Effect.OpenTask(task), new Effect.CloseTask(task.id(), null))).isEmpty();
    assertThat(merged(new Effect.OpenTask(task), new Effect.ChangeTask(task.cancelling(), 0)))
        .containsExactly(new Effect.OpenTask(task.cancelling()));
  }

  @Test
  void theFirstGuardStays() {
    ActivityTask task = task(3);
    assertThat(merged(new Effect.ChangeTask(task, 2), new Effect.ChangeTask(task.cancelling(), 3)))
        .containsExactly(new Effect.ChangeTask(task.cancelling(), 2));
    assertThat(merged(new Effect.ChangeTask(task, 2), new Effect.CloseTask(task.id(), null)))
        .containsExactly(new Effect.CloseTask(task.id(), 2L));
    assertThat(merged(new Effect.CloseTask(task.id(), 2L), new Effect.CloseTask(task.id(), null)))
        .containsExactly(new Effect.CloseTask(task.id(), 2L));
    assertThat(merged(new Effect.CloseTask(task.id(), null), new Effect.CloseTask(task.id(), 2L)))
        .containsExactly(new Effect.CloseTask(task.id(), 2L));
    assertThat(merged(TAKE, UNPOST)).containsExactly(TAKE);
    assertThat(merged(UNPOST, TAKE)).containsExactly(TAKE);
  }

  @Test
  void anUpdateIsWrittenOnce() {
    Effect.Update admitted = Requests.updateRow(RUN, "u-1");
    Outcome outcome = Outcome.success(Payload.NULL);
    assertThat(merged(new Effect.AdmitUpdate(admitted),
        new Effect.SettleUpdate(RUN, "u-1", Effect.UpdatePhase.COMPLETED, outcome))).containsExactly(
            new Effect.AdmitUpdate(new Effect.Update(RUN, "u-1", "addItem", admitted.input(), Map.of(),
                Effect.UpdatePhase.COMPLETED, outcome)));
    assertThat(merged(new Effect.SettleUpdate(RUN, "u-1", Effect.UpdatePhase.ACCEPTED, null),
        new Effect.SettleUpdate(RUN, "u-1", Effect.UpdatePhase.COMPLETED, outcome)))
        .containsExactly(new Effect.SettleUpdate(RUN, "u-1", Effect.UpdatePhase.COMPLETED, outcome));
    Effect.RejectAdmitted reject = new Effect.RejectAdmitted(RUN, failure("RunClosed"));
    assertThat(merged(new Effect.AdmitUpdate(admitted), reject)).containsExactly(
        new Effect.AdmitUpdate(new Effect.Update(RUN, "u-1", "addItem", admitted.input(), Map.of(),
            Effect.UpdatePhase.REJECTED, Outcome.failed(failure("RunClosed")))), reject);
  }

  @Test
  void theChainMovesOnce() {
    RunId next = RunId.parse("01951234-0000-7000-8000-00000000fffe");
    RunId last = RunId.parse("01951234-0000-7000-8000-00000000fffd");
    assertThat(merged(new Effect.PointChain("n", "w", null, next, 1), new Effect.PointChain("n", "w", next, last, 2)))
        .containsExactly(new Effect.PointChain("n", "w", null, last, 2));
  }

  @Test
  void whatSharesNoRowStaysInOrder() {
    Effect other = new Effect.Unpost(Mail.Key.timer(RUN, 2));
    assertThat(merged(TAKE, other, new Effect.CloseTask(new TaskId(RUN, 1), null)))
        .containsExactly(TAKE, other, new Effect.CloseTask(new TaskId(RUN, 1), null));
  }

  @Test
  void whatCannotLandTogetherIsADefect() {
    for (List<Effect> pair : List.of(List.of(TAKE, POST), List.of(UNPOST, POST), List.of(POST, POST),
        List.of(POST, TAKE), List.of(TAKE, TAKE))) {
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> Effects.merged(pair))
          .isInstanceOf(IllegalStateException.class).hasMessageContaining("cannot land together");
    }
  }
}
