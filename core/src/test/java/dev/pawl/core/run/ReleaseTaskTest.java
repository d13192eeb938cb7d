package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class ReleaseTaskTest {
  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> new ReleaseTask(Requests.token(Samples.run(w), w.runs.containsKey(Samples.run(w))
        ? w.run(Samples.run(w)).task().epoch() : 1), World.ANN), """
        ABSENT: `run_not_found`
        DELAYED, READY, WAITING, PAUSED, BLOCKED: `lease_lost`
        FIRST_LEASE, LEASED: → READY
        CLOSED: `run_closed`""");
  }

  @Test
  void isReadyAtOnceWithoutAPenaltyEvenBetweenTwoSteps() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    world.report(run, false, Requests.step(1));
    given(world).when(w -> new ReleaseTask(Requests.token(run, 1), World.ANN)).noted("LEASE_RELEASED", null)
        .isLeft(Phase.READY).satisfies(w -> {
          WorkflowTask task = w.run(run).task();
          assertThat(task.losses()).isZero();
          assertThat(task.failures()).isZero();
          assertThat(task.visibleAt()).isEqualTo(w.now);
          assertThat(task.sticky()).isNull();
        })
        .when(w -> new ReleaseTask(Requests.token(run, 1), World.ANN)).rejected(Code.LEASE_LOST);
  }
}
