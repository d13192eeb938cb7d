package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.failure;
import static dev.pawl.core.run.Requests.pause;
import static dev.pawl.core.run.Requests.resume;
import static dev.pawl.core.run.Requests.unblock;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class UnblockRunTest {
  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> unblock(ORDER), """
        ABSENT: `run_not_found`
        DELAYED, READY, FIRST_LEASE, WAITING, LEASED, PAUSED: same
        BLOCKED: → READY
        CLOSED: `run_closed`""");
  }

  @Test
  void allBudgetsStartAnew() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    for (int i = 1; i <= 10; i++) {
      if (i > 1) world.grant(run, World.ANN);
      world.did(new FailTask(Requests.token(run, i), World.ANN, failure("Bug")));
      world.pass(Duration.ofMinutes(2));
    }
    given(world).isLeft(Phase.BLOCKED).when(w -> unblock(ORDER)).noted("RUN_UNBLOCKED", null).satisfies(w -> {
      WorkflowTask task = w.run(run).task();
      assertThat(task.failures()).isZero();
      assertThat(task.losses()).isZero();
      assertThat(task.reason()).isNull();
      assertThat(task.visibleAt()).isEqualTo(w.now);
    });
  }

  @Test
  void aRunThatBacksOffNeedNotWait() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    world.did(new FailTask(Requests.token(run, 1), World.ANN, failure("HistoryDiverged")));
    given(world).when(w -> unblock(ORDER)).noted("RUN_UNBLOCKED", null)
        .satisfies(w -> assertThat(w.run(run).task().visibleAt()).isEqualTo(w.now))
        .when(w -> unblock(ORDER)).unchanged();
  }

  @Test
  void aPausedRunStaysPausedAndIsReadyWhenItIsResumed() {
    given(State.BLOCKED).when(w -> pause(ORDER)).when(w -> unblock(ORDER)).isLeft(Phase.IDLE)
        .when(w -> resume(ORDER)).isLeft(Phase.READY);
  }
}
