package dev.pawl.core.run;

import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.terminate;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class TerminateRunTest {
  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> terminate(ORDER, null), """
        ABSENT: `run_not_found`
        DELAYED, READY, FIRST_LEASE: WorkflowTerminated → NONE
        WAITING, LEASED, PAUSED, BLOCKED: WorkflowTerminated; closes activity 1; posts TerminateOther; update u-1 COMPLETED → NONE
        CLOSED: `run_closed`""");
  }

  @Test
  void fencesWhoeverWorksOnIt() {
    World world = State.LEASED.world();
    ReportTask late = world.reportOf(world.current(ORDER).id(), true, Requests.complete());
    given(world).when(w -> terminate(ORDER, null)).noted("RUN_TERMINATED", null)
        .when(w -> late).rejected(Code.RUN_CLOSED).saying("TERMINATED");
  }

  @Test
  void theSameRequestIdIsAnsweredAgain() {
    given(State.WAITING).when(w -> terminate(ORDER, "r-1")).when(w -> terminate(ORDER, "r-1")).unchanged()
        .when(w -> terminate(ORDER, "r-2")).rejected(Code.RUN_CLOSED);
  }

  @Test
  void takesEverythingThatIsOpenAlong() {
    World world = State.WAITING.world();
    RunId run = world.current(ORDER).id();
    TaskToken charge = world.tasks.values().iterator().next().token();
    assertThat(world.mails).containsKey(Mail.Key.timer(run, 2));
    world.did(terminate(ORDER, null));
    assertThat(world.tasks).isEmpty();
    assertThat(world.mails.keySet()).noneMatch(key -> key.item().startsWith("timer"));
    assertThat(world.run(run).state().activities()).isEmpty();
    assertThat(world.decide(new LeaveActivity(charge, World.BOB))).isInstanceOf(Decision.Rejected.class);
  }

  @Test
  void childrenAreTreatedByTheirPolicyAndByTheirRun() {
    World world = State.WAITING.world();
    RunId child = world.current("ship-42").id();
    world.did(terminate(ORDER, null));
    world.deliver();
    assertThat(world.run(child).state().status()).isEqualTo(RunStatus.TERMINATED);
  }
}
