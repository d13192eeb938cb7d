package dev.pawl.core.run;

import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.block;
import static dev.pawl.core.run.Requests.signal;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Rejection.Code;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class BlockRunTest {
  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> block(ORDER), """
        ABSENT: `run_not_found`
        DELAYED, READY, FIRST_LEASE, WAITING, LEASED, PAUSED: → BLOCKED
        BLOCKED: same
        CLOSED: `run_closed`""");
  }

  @Test
  void saysWhyAndFences() {
    World world = State.LEASED.world();
    ReportTask late = world.reportOf(world.current(ORDER).id(), true, Requests.complete());
    given(world).when(w -> block(ORDER)).then().noted("RUN_BLOCKED", "OPERATOR")
        .satisfies(w -> assertThat(w.current(ORDER).task().reason()).isEqualTo("look first"))
        .when(w -> late).rejected(Code.LEASE_LOST);
  }

  @Test
  void nothingMakesItReadyButUnblocking() {
    given(State.BLOCKED).when(w -> signal(ORDER, "s-9")).isLeft(Phase.BLOCKED)
        .when(w -> new GrantTask(w.current(ORDER).id(), World.ANN)).rejected(Code.TASK_NOT_FOUND);
  }
}
