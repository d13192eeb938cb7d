package dev.pawl.core.run;

import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.pause;
import static dev.pawl.core.run.Requests.resume;
import static dev.pawl.core.run.Requests.signal;
import static dev.pawl.core.run.Transcript.given;

import dev.pawl.core.task.WorkflowTask.Phase;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ResumeRunTest {
  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> resume(ORDER), """
        ABSENT: `run_not_found`
        DELAYED, READY, FIRST_LEASE, WAITING, LEASED, BLOCKED: same
        PAUSED: WorkflowResumed → IDLE
        CLOSED: `run_closed`""");
  }

  @Test
  void whatCameMeanwhileMakesItReady() {
    given(State.PAUSED).when(w -> signal(ORDER, "s-9")).isLeft(Phase.IDLE).when(w -> resume(ORDER))
        .then(new RunEvent.WorkflowResumed("done")).noted("RUN_RESUMED", null).isLeft(Phase.READY);
  }

  @Test
  void aBlockedRunStaysBlocked() {
    given(State.BLOCKED).when(w -> pause(ORDER)).when(w -> resume(ORDER)).isLeft(Phase.BLOCKED);
  }
}
