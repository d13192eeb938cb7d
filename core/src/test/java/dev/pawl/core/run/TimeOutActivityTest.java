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
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.activity;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class TimeOutActivityTest {
  private static final Outcome DONE = Outcome.success(Payload.json("7"));

  /** The activity's token as its worker has it; something that never was, where there is none. */
  private static TaskToken token(World w) {
    ActivityTask task = task(w);
    return task == null ? new TaskToken(Samples.run(w), 1, 1, 1) : task.token();
  }

  private static ActivityTask task(World w) {
    return w.tasks.get(new TaskId(Samples.run(w), 1));
  }


  @TestFactory
  Stream<DynamicTest> silentForTooLong() {
    return Summary.inEveryState(w -> new TimeOutActivity(token(w.pass(Duration.ofSeconds(10))).id()), """
        ABSENT: `run_not_found`
        DELAYED, READY, FIRST_LEASE, CLOSED: same
        WAITING, PAUSED: ActivityRetryScheduled; activity 1 WAITING (attempt 2, losses 0) → IDLE
        LEASED: ActivityRetryScheduled; activity 1 WAITING (attempt 2, losses 0) → LEASED
        BLOCKED: ActivityRetryScheduled; activity 1 WAITING (attempt 2, losses 0) → BLOCKED""");
  }

  /** Scheduled at noon with these limits, two attempts, not leased yet. */
  private static World limits(Duration toStart, Duration startToClose, Duration toClose, Duration heartbeat) {
    World world = State.FIRST_LEASE.world();
    world.report(Samples.run(world), true, new Command.ScheduleActivity(1, "charge", null,
        new ActivityOptions("q", toStart, startToClose, toClose, heartbeat, Requests.TWICE, 5), java.util.Map.of()));
    return world;
  }

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void notAMicrosecondTooEarly() {
    World world = limits(null, MINUTE, null, null);
    world.lease(Samples.run(world), 1, World.BOB);
    given(world).pass(MINUTE.minusNanos(1000)).when(w -> new TimeOutActivity(task(w).id())).unchanged()
        .pass(Duration.ofNanos(1000)).when(w -> new TimeOutActivity(task(w).id()))
        .noted("LEASE_REVOKED", "START_TO_CLOSE")
        .thenTypes("ActivityRetryScheduled");
  }

  @Test
  void aSignOfLifeInTheLastMomentSavesIt() {
    World world = limits(null, null, null, MINUTE);
    world.lease(Samples.run(world), 1, World.BOB);
    world.pass(MINUTE);
    world.tasks.computeIfPresent(task(world).id(), (id, t) -> t.beaten(world.now, Payload.json("50")));
    given(world).when(w -> new TimeOutActivity(task(w).id())).unchanged()
        .pass(MINUTE).when(w -> new TimeOutActivity(task(w).id())).thenTypes("ActivityRetryScheduled")
        .satisfies(w -> {
          assertThat(task(w).details()).as("the next attempt goes on from there").isEqualTo(Payload.json("50"));
          assertThat(task(w).ambiguous()).isTrue();
          assertThat(task(w).lastFailure().type()).isEqualTo(Failure.TIMED_OUT);
        });
  }

  @Test
  void theLastAttemptsTimeoutIsToldWithTheLastHeartbeat() {
    World world = limits(null, null, null, MINUTE);
    world.lease(Samples.run(world), 1, World.BOB);
    world.tasks.computeIfPresent(task(world).id(), (id, t) -> t.beaten(world.now, Payload.json("50")));
    world.pass(MINUTE).did(new TimeOutActivity(task(world).id()));
    world.now = task(world).visibleAt();
    world.lease(Samples.run(world), 1, World.BOB);
    given(world).pass(MINUTE).when(w -> new TimeOutActivity(task(w).id()))
        .then(new RunEvent.ActivityTimedOut(1, "heartbeat", 2, Payload.json("50"))).isLeft(Phase.READY);
  }

  @Test
  void waitingTooLongInTheQueueIsFinal() {
    World world = limits(MINUTE, null, null, null);
    given(world).pass(MINUTE).when(w -> new TimeOutActivity(task(w).id()))
        .then(new RunEvent.ActivityTimedOut(1, "schedule_to_start", 1, null));
  }

  @Test
  void theWholeActivitysLimitIsFinalAndFencesTheWorker() {
    World world = limits(null, null, MINUTE, null);
    world.lease(Samples.run(world), 1, World.BOB);
    ReportActivity late = new ReportActivity(token(world), World.BOB, DONE);
    given(world).pass(MINUTE).when(w -> new TimeOutActivity(task(w).id()))
        .then(new RunEvent.ActivityTimedOut(1, "schedule_to_close", 1, null))
        .when(w -> late).rejected(Code.LEASE_LOST);
  }

  @Test
  void theFirstLimitThatPassesCounts() {
    World world = limits(null, Duration.ofSeconds(30), MINUTE, Duration.ofSeconds(40));
    world.lease(Samples.run(world), 1, World.BOB);
    assertThat(task(world).deadline()).hasValueSatisfying(d -> assertThat(d.kind()).isEqualTo("start_to_close"));
  }

  @Test
  void withoutLimitsThereIsNoDeadline() {
    World world = limits(null, null, null, null);
    given(world).pass(Duration.ofDays(36_000)).when(w -> new TimeOutActivity(task(w).id())).unchanged();
  }

  @Test
  void oneThatShouldStopIsCancelledInsteadOfTriedAgain() {
    World world = State.LEASED.world();
    world.report(Samples.run(world), true, new Command.CancelActivity(1));
    given(world).pass(Duration.ofSeconds(10)).when(w -> new TimeOutActivity(task(w).id()))
        .then(new RunEvent.ActivityCancelled(1, 1));
  }
}
