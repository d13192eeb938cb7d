package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.failure;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class FailTaskTest {
  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> new FailTask(token(w), World.ANN, failure("Bug")), """
        ABSENT: `run_not_found`
        DELAYED, READY, WAITING, PAUSED, BLOCKED: `lease_lost`
        FIRST_LEASE, LEASED: → READY
        CLOSED: `run_closed`""");
  }

  private static dev.pawl.core.task.TaskToken token(World w) {
    RunId run = Samples.run(w);
    return Requests.token(run, w.runs.containsKey(run) ? w.run(run).task().epoch() : 1);
  }

  @Test
  void backsOffThenBlocksAndNeverCloses() {
    World world = State.READY.world();
    RunId run = world.current(ORDER).id();
    List<Long> waits = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      world.grant(run, World.ANN);
      world.did(new FailTask(Requests.token(run, i), World.ANN, failure("Bug")));
      WorkflowTask task = world.run(run).task();
      assertThat(task.failures()).isEqualTo(i);
      if (i < 10) waits.add(Duration.between(world.now, task.visibleAt()).toSeconds());
      world.now = task.visibleAt();
    }
    assertThat(world.run(run).task().phase()).isEqualTo(Phase.BLOCKED);
    assertThat(world.run(run).task().reason()).isEqualTo("Bug: it went wrong");
    assertThat(world.run(run).state().open()).isTrue();
    // 1, 2, 4 ... 60 s, give or take a tenth.
    List<Integer> plain = List.of(1, 2, 4, 8, 16, 32, 60, 60, 60);
    for (int i = 0; i < 9; i++) assertThat((double) waits.get(i)).isBetween(plain.get(i) * 0.9 - 1, plain.get(i) * 1.1);
    assertThat(world.noted()).containsEntry("TASK_FAILED", 10).containsEntry("RUN_BLOCKED", 1);
  }

  @Test
  void aProgramThatDoesNotFitWaitsForAnotherWorkerAndThenBlocks() {
    for (String type : List.of(Failure.HISTORY_DIVERGED, Failure.UNKNOWN_WORKFLOW_TYPE)) {
      World world = State.READY.world();
      RunId run = world.current(ORDER).id();
      // 5, 15, 45, 135 s, give or take a tenth: a deploy has the time to roll over the workers.
      for (int wait : List.of(5, 15, 45, 135)) {
        world.grant(run, World.ANN);
        world.did(new FailTask(token(world), World.ANN, failure(type)));
        WorkflowTask task = world.run(run).task();
        assertThat(task.phase()).isEqualTo(Phase.READY);
        assertThat(task.sticky()).as("anybody may have it").isNull();
        assertThat((double) Duration.between(world.now, task.visibleAt()).toMillis() / 1000)
            .isBetween(wait * 0.9 - 0.001, wait * 1.1 + 0.001);
        world.now = task.visibleAt();
      }
      world.grant(run, World.ANN);
      given(world).when(w -> new FailTask(token(w), World.ANN, failure(type))).isLeft(Phase.BLOCKED)
          .noted("RUN_BLOCKED", type);
    }
  }

  @Test
  void aNewWorkerThatFitsEndsTheTroubleOfADeploy() {
    World world = State.READY.world();
    RunId run = world.current(ORDER).id();
    for (int i = 0; i < 4; i++) {
      world.grant(run, World.ANN);
      world.did(new FailTask(token(world), World.ANN, failure(Failure.HISTORY_DIVERGED)));
      world.now = world.run(run).task().visibleAt();
    }
    world.grant(run, World.BOB);
    world.report(run, true, Requests.timer(1, Duration.ofHours(1)));
    assertThat(world.run(run).task().failures()).isZero();
    assertThat(world.run(run).task().phase()).isEqualTo(Phase.IDLE);
  }

  @Test
  void aPoisonedProgramBlocksAtTheThird() {
    World world = State.READY.world();
    RunId run = world.current(ORDER).id();
    for (int i = 1; i <= 3; i++) {
      assertThat(world.run(run).task().phase()).isEqualTo(Phase.READY);
      world.grant(run, World.ANN);
      world.did(new FailTask(Requests.token(run, i), World.ANN, failure(Failure.POISONED_PROGRAM)));
      world.pass(Duration.ofMinutes(2));
    }
    assertThat(world.run(run).task().phase()).isEqualTo(Phase.BLOCKED);
  }

  @Test
  void anAcceptedReportClearsTheCount() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    world.did(new FailTask(Requests.token(run, 1), World.ANN, failure("Bug")));
    world.pass(Duration.ofMinutes(2)).turn(run);
    assertThat(world.run(run).task().failures()).isZero();
    assertThat(world.run(run).task().reason()).isNull();
  }

  @Test
  void onlyTheHolderMayFail() {
    given(State.LEASED).when(w -> new FailTask(token(w), World.BOB, failure("Bug"))).rejected(Code.LEASE_LOST);
    given(State.LEASED).when(w -> new FailTask(
        Requests.token(w.current(ORDER).id(), 1), World.ANN, failure("Bug"))).rejected(Code.LEASE_LOST);
  }

  @Test
  void anUglyMessageIsMadeLegible() {
    given(State.LEASED)
        .when(w -> new FailTask(token(w), World.ANN, Failure.of("Bug", "a\u0000b\u001b[31m" + "x".repeat(5000))))
        .satisfies(w -> assertThat(w.current(ORDER).task().reason()).hasSize(1000)
            .startsWith("Bug: a\uFFFDb\uFFFD[31mx"));
  }
}
