package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.pause;
import static dev.pawl.core.run.Requests.resume;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class PauseRunTest {
  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> pause(ORDER), """
        ABSENT: `run_not_found`
        DELAYED, READY, FIRST_LEASE, WAITING, LEASED: WorkflowPaused → IDLE
        PAUSED: same
        BLOCKED: WorkflowPaused → BLOCKED
        CLOSED: `run_closed`""");
  }

  @Test
  void fencesTheWorkerAndWritesTheLedger() {
    World world = State.LEASED.world();
    ReportTask late = world.reportOf(world.current(ORDER).id(), true, Requests.complete());
    given(world).when(w -> pause(ORDER)).then(new RunEvent.WorkflowPaused("maintenance"))
        .noted("RUN_PAUSED", null).when(w -> late).rejected(Code.LEASE_LOST);
  }

  @Test
  void aRunBetweenTwoStepsIsNotForgotten() {
    // Its worker holds it without news: everything was seen, and yet it has to go on.
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    world.report(run, false, Requests.step(1));
    assertThat(world.run(run).needsTurn()).isFalse();
    given(world).when(w -> pause(ORDER)).isLeft(Phase.IDLE).when(w -> resume(ORDER)).isLeft(Phase.READY);
  }

  @Test
  void aRunThatComesBackFromALostWorkerIsNotForgotten() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    world.report(run, false, Requests.step(1));
    world.did(new LoseTask(run, world.run(run).task().epoch(), "SESSION_EXPIRED"));
    given(world).when(w -> pause(ORDER)).isLeft(Phase.IDLE).when(w -> resume(ORDER)).isLeft(Phase.READY);
  }

  @Test
  void aDelayIsNotCutShort() {
    given(State.DELAYED).when(w -> pause(ORDER)).pass(Duration.ofMinutes(1)).when(w -> resume(ORDER))
        .isLeft(Phase.READY).satisfies(w ->
            assertThat(w.current(ORDER).task().visibleAt()).isEqualTo(World.NOON.plus(Duration.ofHours(1))));
  }

  @Test
  void everythingIsStillRecorded() {
    given(State.PAUSED)
        .when(w -> Requests.success(w, w.current(ORDER).id(), 1).token().step() == 1
            ? new ReportActivity(w.tasks.values().iterator().next().token(), World.BOB,
                dev.pawl.core.value.Outcome.success(World.json("1")))
            : null)
        .thenTypes("ActivityCompleted").isLeft(Phase.IDLE)
        .pass(Duration.ofHours(1))
        .when(w -> Deliveries.of(w.mails.get(Mail.Key.timer(w.current(ORDER).id(), 2))))
        .thenTypes("TimerFired").isLeft(Phase.IDLE)
        .when(w -> resume(ORDER)).isLeft(Phase.READY);
  }
}
