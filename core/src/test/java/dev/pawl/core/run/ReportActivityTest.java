package dev.pawl.core.run;

import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.activity;
import static dev.pawl.core.run.Requests.failure;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class ReportActivityTest {
  private static final Outcome DONE = Outcome.success(Payload.json("7"));

  /** The activity's token as its worker has it; something that never was, where there is none. */
  private static TaskToken token(World w) {
    ActivityTask task = task(w);
    return task == null ? new TaskToken(Samples.run(w), 1, 1, 1) : task.token();
  }

  private static ActivityTask task(World w) {
    return w.tasks.get(new TaskId(Samples.run(w), 1));
  }

  private static Outcome failed(String type) {
    return Outcome.failed(failure(type));
  }

  @TestFactory
  Stream<DynamicTest> success() {
    return Summary.inEveryState(w -> new ReportActivity(token(w), World.BOB, DONE), """
        ABSENT: `run_not_found`
        DELAYED, READY, FIRST_LEASE: `task_not_found`
        WAITING: ActivityCompleted; closes activity 1 → READY
        LEASED: ActivityCompleted; closes activity 1 → LEASED
        PAUSED: ActivityCompleted; closes activity 1 → IDLE
        BLOCKED: ActivityCompleted; closes activity 1 → BLOCKED
        CLOSED: `run_closed`""");
  }

  @TestFactory
  Stream<DynamicTest> aFailureThatIsTriedAgain() {
    return Summary.inEveryState(w -> new ReportActivity(token(w), World.BOB, failed("Busy")), """
        ABSENT: `run_not_found`
        DELAYED, READY, FIRST_LEASE: `task_not_found`
        WAITING, PAUSED: ActivityRetryScheduled; activity 1 WAITING (attempt 2, losses 0) → IDLE
        LEASED: ActivityRetryScheduled; activity 1 WAITING (attempt 2, losses 0) → LEASED
        BLOCKED: ActivityRetryScheduled; activity 1 WAITING (attempt 2, losses 0) → BLOCKED
        CLOSED: `run_closed`""");
  }

  @Test
  void theProgramSeesTheLastOutcomeOnly() {
    given(State.WAITING).when(w -> new ReportActivity(token(w), World.BOB, failed("Busy")))
        .then(new RunEvent.ActivityRetryScheduled(1, 1, failure("Busy"), World.NOON.plusSeconds(10))).isLeft(Phase.IDLE)
        .pass(Duration.ofSeconds(10))
        .and(w -> w.lease(Samples.run(w), 1, World.ANN))
        .satisfies(w -> {
          assertThat(task(w).attempt()).isEqualTo(2);
          assertThat(task(w).epoch()).isEqualTo(2);
          assertThat(task(w).lastFailure()).isEqualTo(failure("Busy"));
          assertThat(task(w).ambiguous()).as("its worker said what happened").isFalse();
        })
        .when(w -> new ReportActivity(token(w), World.ANN, failed("Busy")))
        .then(new RunEvent.ActivityFailed(1, failure("Busy"), 2)).isLeft(Phase.READY);
  }

  @Test
  void theKeyOfTheEffectIsTheSameInEveryAttempt() {
    World world = State.WAITING.world();
    String key = task(world).idempotencyKey();
    world.did(new ReportActivity(token(world), World.BOB, failed("Busy")));
    assertThat(task(world).idempotencyKey()).isEqualTo(key);
  }

  @Test
  void nonRetryableIsFinalAtOnce() {
    given(State.WAITING).when(w -> new ReportActivity(token(w), World.BOB, failed("Final")))
        .then(new RunEvent.ActivityFailed(1, failure("Final"), 1));
    given(State.WAITING)
        .when(w -> new ReportActivity(token(w), World.BOB, Outcome.failed(failure("Busy").asNonRetryable())))
        .thenTypes("ActivityFailed");
  }

  @Test
  void theFailureMayChooseTheDelay() {
    Failure later = new Failure("Busy", "in an hour", null, false, Duration.ofMinutes(60), null, null);
    given(State.WAITING).when(w -> new ReportActivity(token(w), World.BOB, Outcome.failed(later)))
        .satisfies(w -> assertThat(task(w).visibleAt()).isEqualTo(w.now.plus(Duration.ofHours(1))));
    Failure never = new Failure("Busy", "ages", null, false, Duration.ofSeconds(Long.MAX_VALUE), null, null);
    given(State.WAITING).when(w -> new ReportActivity(token(w), World.BOB, Outcome.failed(never)))
        .thenTypes("ActivityFailed");
    Failure back = new Failure("Busy", "yesterday", null, false, Duration.ofDays(-1), null, null);
    given(State.WAITING).when(w -> new ReportActivity(token(w), World.BOB, Outcome.failed(back)))
        .satisfies(w -> assertThat(task(w).visibleAt()).isEqualTo(w.now));
  }

  @Test
  void noAttemptBeyondScheduleToClose() {
    World world = State.WAITING.world();
    world.pass(Duration.ofHours(2).minusSeconds(5));
    given(world).when(w -> new ReportActivity(token(w), World.BOB, failed("Busy"))).thenTypes("ActivityFailed");
  }

  @Test
  void whoAskedForTheCancelDoesNotWantAnotherAttempt() {
    World world = State.LEASED.world();
    world.report(Samples.run(world), true, new Command.CancelActivity(1));
    given(world).when(w -> new ReportActivity(token(w), World.BOB, failed("Busy")))
        .then(new RunEvent.ActivityCancelled(1, 1));
  }

  @Test
  void aResultBeatsTheCancelBecauseTheEffectHappened() {
    World world = State.LEASED.world();
    world.report(Samples.run(world), true, new Command.CancelActivity(1));
    given(world).when(w -> new ReportActivity(token(w), World.BOB, DONE)).thenTypes("ActivityCompleted");
  }

  // ---- repeating and being late

  @Test
  void theSameReportAgainIsRecognisedInTheHistory() {
    World world = State.WAITING.world();
    ReportActivity report = new ReportActivity(token(world), World.BOB, DONE);
    world.did(report);
    given(world).when(w -> report).rejected(Code.LEASE_LOST)
        .when(w -> report.again()).unchanged()
        .answers(new ActivityStanding(Samples.run(world), 1, ActivityStanding.Fate.UNCHANGED, null))
        .when(w -> new ReportActivity(report.token(), World.BOB, failed("Busy")).again()).rejected(Code.LEASE_LOST)
        .when(w -> new ReportActivity(report.token(), World.BOB, Outcome.success(Payload.json("8"))).again())
        .rejected(Code.LEASE_LOST)
        .and(w -> w.did(Requests.terminate(ORDER, null)))
        .when(w -> report).rejected(Code.RUN_CLOSED)
        .when(w -> report.again()).unchanged();
  }

  @Test
  void theSameFailureAgainIsRecognisedAtOnce() {
    World world = State.WAITING.world();
    ReportActivity report = new ReportActivity(token(world), World.BOB, failed("Busy"));
    world.did(report);
    given(world).when(w -> report).unchanged()
        .when(w -> new ReportActivity(report.token(), World.BOB, failed("Other"))).rejected(Code.LEASE_LOST)
        .and(w -> w.pass(Duration.ofSeconds(10)).lease(Samples.run(w), 1, World.ANN))
        .when(w -> report).rejected(Code.LEASE_LOST)
        .when(w -> report.again()).unchanged();
  }

  @Test
  void whoLostTheLeaseChangesNothing() {
    World world = State.WAITING.world();
    ReportActivity late = new ReportActivity(token(world), World.BOB, DONE);
    world.did(new LoseActivity(late.token().id(), late.token().epoch(), "SESSION_EXPIRED"));
    given(world).when(w -> late).rejected(Code.LEASE_LOST)
        .and(w -> w.lease(Samples.run(w), 1, World.ANN))
        .when(w -> late).rejected(Code.LEASE_LOST)
        .when(w -> late.again()).rejected(Code.LEASE_LOST);
  }

  @Test
  void aTokenThatWasMadeUpIsGoodForNothing() {
    given(State.WAITING)
        .when(w -> new ReportActivity(new TaskToken(Samples.run(w), 1, 2, token(w).epoch()), World.BOB, DONE))
        .rejected(Code.LEASE_LOST)
        .when(w -> new ReportActivity(new TaskToken(Samples.run(w), 1, 1, token(w).epoch() + 1), World.BOB, DONE))
        .rejected(Code.LEASE_LOST)
        .when(w -> new ReportActivity(new TaskToken(Samples.run(w), 2, 1, token(w).epoch()), World.BOB, DONE))
        .rejected(Code.LEASE_LOST)
        .when(w -> new ReportActivity(new TaskToken(Samples.run(w), 99, 1, 1), World.BOB, DONE))
        .rejected(Code.TASK_NOT_FOUND);
  }

  @Test
  void anotherSessionMayNotReport() {
    given(State.WAITING).when(w -> new ReportActivity(token(w), World.ANN, DONE)).rejected(Code.LEASE_LOST);
  }

  @Test
  void byTokenAloneAnybodyMayFinish() {
    given(State.WAITING).when(w -> new ReportActivity(token(w), null, DONE)).thenTypes("ActivityCompleted");
    given(State.WAITING).and(w -> w.did(new LeaveActivity(token(w), World.BOB)))
        .when(w -> new ReportActivity(token(w), null, DONE)).thenTypes("ActivityCompleted");
  }

  @Test
  void anOversizeResultIsRefusedAndTheLeaseStands() {
    given(State.WAITING).when(w -> new ReportActivity(token(w), World.BOB,
            Outcome.success(Payload.wrap("json", new byte[Payload.MAX_BYTES + 1]))))
        .rejectedAt(Code.PAYLOAD_TOO_LARGE, "outcome.result")
        .when(w -> new ReportActivity(token(w), World.BOB, DONE)).thenTypes("ActivityCompleted");
  }

  @Test
  void unlimitedAttemptsGoOn() {
    World world = State.FIRST_LEASE.world();
    RunId run = Samples.run(world);
    world.report(run, true, new Command.ScheduleActivity(1, "charge", null,
        new ActivityOptions("q", null, null, null, null, RetryPolicy.EXPONENTIAL, 5), java.util.Map.of()));
    for (int i = 1; i <= 50; i++) {
      world.now = task(world).visibleAt();
      world.lease(run, 1, World.BOB);
      world.did(new ReportActivity(token(world), World.BOB, failed("Busy")));
    }
    assertThat(task(world).attempt()).isEqualTo(51);
    assertThat(Duration.between(world.now, task(world).visibleAt())).isBetween(
        Duration.ofSeconds(90), Duration.ofSeconds(110));
  }
}
