package dev.pawl.core.run;

import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.signal;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Programs that are replayed from their first line: what they say again, what they never say. */
class ReportReplayTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final World world = new World();
  private TaskToken token = null;

  ReportReplayTest() {
    world.did(Requests.start(world, ORDER));
  }

  private Run run() {
    return world.current(ORDER);
  }

  private void grant() {
    token = world.grant(run().id(), World.ANN);
  }

  private ReportReplay report(long seen, Command... commands) {
    return new ReportReplay(token, World.ANN, seen, List.of(commands));
  }

  private void says(Command... commands) {
    world.did(report(run().state().lastSeq(), commands));
  }

  private static Command activity(Bundle bundle) {
    return new Command.ScheduleActivity(0, "charge", null,
        new ActivityOptions("orders", null, null, null, null, RetryPolicy.NEVER, 5), Map.of(), bundle);
  }

  private static Command pair(int index) {
    // The place that a worker predicts may be wrong; the engine knows the number that it gives.
    return activity(new Bundle(List.of(new Bundle.Level("activity", 40, 2, index))));
  }

  private static Command wait(String key, Duration timeout) {
    return new Command.OpenWait(0, key, "sha256:1", timeout);
  }

  private List<String> types() {
    return world.facts(run().id()).stream().map(RunEvent::type).toList();
  }

  private void completes(int step) {
    var task = world.lease(run().id(), step, World.BOB);
    world.did(new ReportActivity(task.token(), World.BOB, Outcome.success(Payload.json("1"))));
  }

  @Test
  void numbersAreGivenInTheOrderOfCommandsAndGroupsMovedToThem() {
    grant();
    says(new Command.RecordSideEffect(0, null), pair(0), pair(1));
    assertThat(run().state().nextStep()).isEqualTo(4);
    assertThat(world.facts(run().id()).subList(3, 5)).extracting(e -> ((RunEvent.ActivityScheduled) e).bundle())
        .containsExactly(new Bundle(List.of(new Bundle.Level("activity", 2, 2, 0))),
            new Bundle(List.of(new Bundle.Level("activity", 2, 2, 1))));
    assertThat(run().task().phase()).isEqualTo(Phase.IDLE);
  }

  @Test
  void aGroupWakesItsProgramWhenAllOfItIsThere() {
    grant();
    says(pair(0), pair(1));
    completes(2);
    assertThat(run().task().phase()).isEqualTo(Phase.IDLE);
    completes(1);
    assertThat(run().task().phase()).isEqualTo(Phase.READY);
  }

  @Test
  void aSignalWakesOnlyWhoWaitsForACondition() {
    grant();
    says(activity(null));
    world.did(signal(ORDER, "s-1"));
    assertThat(run().task().phase()).isEqualTo(Phase.IDLE);
    completes(1);
    grant();
    says(wait("paid", null));
    assertThat(run().task().phase()).isEqualTo(Phase.IDLE);
    world.did(signal(ORDER, "s-2"));
    assertThat(run().task().phase()).isEqualTo(Phase.READY);
  }

  @Test
  void whatIsStillAwaitedIsNotDoneTwice() {
    grant();
    says(activity(null));
    world.did(Requests.cancel(ORDER, null));
    grant();
    says(activity(null));
    assertThat(types()).containsOnlyOnce("ActivityScheduled");
  }

  @Test
  void whatCameMeanwhileDoesNotMakeItNew() {
    grant();
    says(activity(null));
    world.did(Requests.cancel(ORDER, null));
    grant();
    long seen = run().state().lastSeq();
    completes(1);
    world.did(report(seen, activity(null)));
    assertThat(types()).containsOnlyOnce("ActivityScheduled");
    assertThat(run().task().phase()).isEqualTo(Phase.READY);
  }

  @Test
  void aWaitThatIsSaidAgainKeepsItsDeadline() {
    grant();
    says(wait("paid", MINUTE));
    world.pass(Duration.ofSeconds(40)).did(signal(ORDER, "s-1"));
    grant();
    says(wait("paid", MINUTE));
    assertThat(types()).containsOnlyOnce("ConditionWaitOpened").containsOnlyOnce("TimerScheduled");
    world.pass(Duration.ofSeconds(21)).deliver();
    assertThat(types()).endsWith("TimerFired");
    assertThat(run().state().waits()).isEmpty();
    assertThat(run().task().phase()).isEqualTo(Phase.READY);
  }

  @Test
  void goingOnSatisfiesTheWaitAndTakesItsTimerBack() {
    grant();
    says(wait("paid", MINUTE));
    world.did(signal(ORDER, "s-1"));
    grant();
    says(activity(null));
    assertThat(types()).endsWith("ConditionWaitSatisfied", "TimerCancelled", "ActivityScheduled");
    assertThat(world.mails).isEmpty();
  }

  @Test
  void aTimeoutWaitsForTheEndOfTheLease() {
    grant();
    says(wait("paid", MINUTE));
    world.did(signal(ORDER, "s-1"));
    grant();
    world.pass(MINUTE);
    given(world).when(w -> new FireTimer(Mail.Key.timer(run().id(), 1), world.now, 1)).rejected(Code.RUN_NOT_RUNNING);
    says(wait("paid", MINUTE));
    assertThat(types()).endsWith("SignalReceived", "TimerFired");
    assertThat(run().task().phase()).isEqualTo(Phase.READY);
  }

  @Test
  void noTimeAtAllIsOverAtOnce() {
    grant();
    says(wait("paid", Duration.ZERO));
    assertThat(types()).endsWith("ConditionWaitOpened", "TimerScheduled", "TimerFired");
    assertThat(run().task().phase()).isEqualTo(Phase.READY);
  }

  @Test
  void anOfferedUpdateIsHandedOutAndAnswered() {
    grant();
    says(wait("paid", null));
    world.did(new UpdateRun(World.NS, ORDER, null, "u-7", "pay", null, Map.of(), "d", true, true));
    assertThat(types()).endsWith("UpdateAccepted");
    assertThat(run().state().offered()).containsExactly("u-7");
    assertThat(run().task().phase()).isEqualTo(Phase.READY);
    grant();
    says(new Command.ApplyUpdate("u-7", Outcome.success(Payload.json("true"))));
    assertThat(types()).endsWith("UpdateApplied", "UpdateCompleted");
    // The condition may hold now.
    assertThat(run().task().phase()).isEqualTo(Phase.READY);
    grant();
    says(new Command.CompleteRun(null, List.of()));
    assertThat(types()).endsWith("ConditionWaitSatisfied", "WorkflowCompleted");
  }

  @Test
  void theLeaseEndsWithNewsThatNobodyLookedAt() {
    grant();
    long seen = run().state().lastSeq();
    world.did(signal(ORDER, "s-1"));
    world.did(report(seen, wait("paid", null)));
    assertThat(run().task().phase()).isEqualTo(Phase.READY);
    assertThat(run().task().sticky()).isNull();
  }

  @Test
  void theSameReportAgainChangesNothing() {
    grant();
    ReportReplay report = report(2, wait("paid", null));
    world.did(report);
    assertThat(world.submit(report)).isInstanceOf(Decision.Unchanged.class);
  }
}
