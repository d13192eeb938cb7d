package dev.pawl.core.run;

import static dev.pawl.core.run.Requests.activity;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Rejection.Code;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ReleaseActivityTest {
  /** The activity's token as its worker has it; something that never was, where there is none. */
  private static TaskToken token(World w) {
    ActivityTask task = task(w);
    return task == null ? new TaskToken(Samples.run(w), 1, 1, 1) : task.token();
  }

  private static ActivityTask task(World w) {
    return w.tasks.get(new TaskId(Samples.run(w), 1));
  }


  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> new ReleaseActivity(token(w), World.BOB), """
        ABSENT: `run_not_found`
        DELAYED, READY, FIRST_LEASE: `task_not_found`
        WAITING, PAUSED: activity 1 WAITING (attempt 1, losses 0) → IDLE
        LEASED: activity 1 WAITING (attempt 1, losses 0) → LEASED
        BLOCKED: activity 1 WAITING (attempt 1, losses 0) → BLOCKED
        CLOSED: `run_closed`""");
  }

  @Test
  void isDueAtOnceAndNothingIsCounted() {
    given(State.WAITING).when(w -> new ReleaseActivity(token(w), World.BOB)).then().noted("LEASE_RELEASED", null)
        .satisfies(w -> {
          assertThat(task(w).visibleAt()).isEqualTo(w.now);
          assertThat(task(w).ambiguous()).isFalse();
        });
  }

  @Test
  void oneThatShouldStopIsCancelledInstead() {
    World world = State.LEASED.world();
    world.report(Samples.run(world), true, new Command.CancelActivity(1));
    given(world).when(w -> new ReleaseActivity(token(w), World.BOB)).then(new RunEvent.ActivityCancelled(1, 1));
  }

  @Test
  void oneThatWasLeftIsNotTheWorkersAnyMore() {
    given(State.WAITING).and(w -> w.did(new LeaveActivity(token(w), World.BOB)))
        .when(w -> new ReleaseActivity(token(w), World.BOB)).rejected(Code.LEASE_LOST);
  }
}
