package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.RunId;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Transcript.given;

class DeliverTerminateTest {
  private static DeliverTerminate word(RunId onlyRun) {
    return new DeliverTerminate(Mail.Key.toChild(Samples.NOBODY, 1, "parent-closed"),
        new Mail.TerminateOther(World.NS, ORDER, onlyRun, "parent closed"));
  }

  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> word(w.runs.isEmpty() ? null : Samples.run(w)), """
        ABSENT, CLOSED: takes the mail
        DELAYED, READY, FIRST_LEASE: WorkflowTerminated → NONE
        WAITING, LEASED, PAUSED, BLOCKED: WorkflowTerminated; closes activity 1; posts TerminateOther; update u-1 COMPLETED → NONE""");
  }

  @Test
  void aStrangerUnderTheSameIdIsLeftAlone() {
    World world = State.READY.world();
    DeliverTerminate word = word(Samples.NOBODY);
    world.mails.put(word.key(), new Mail(word.key(), world.now, word.terminate()));
    given(world).when(w -> word).thrownAway().isLeft(Phase.READY);
  }
}
