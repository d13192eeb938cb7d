package dev.pawl.core.run;

import dev.pawl.core.value.RunId;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.again;
import static dev.pawl.core.run.Requests.cancel;
import static dev.pawl.core.run.Transcript.given;

class DeliverCancelTest {
  private static DeliverCancel word(ParentLink sender, RunId onlyRun) {
    return new DeliverCancel(Mail.Key.external(Samples.NOBODY, 1),
        new Mail.CancelOther(sender, World.NS, ORDER, onlyRun, "not needed"));
  }

  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> word(new ParentLink(World.NS, "other-1", Samples.NOBODY, 1), null), """
        ABSENT, CLOSED: takes the mail; posts ExternalAnswered
        DELAYED, READY, WAITING: CancelRequested; posts ExternalAnswered → READY
        FIRST_LEASE, LEASED: CancelRequested; posts ExternalAnswered → LEASED
        PAUSED: CancelRequested; posts ExternalAnswered → IDLE
        BLOCKED: CancelRequested; posts ExternalAnswered → BLOCKED""");
  }

  @TestFactory
  Stream<DynamicTest> atOnce() {
    return Summary.inEveryState(w -> new DeliverCancel(Mail.Key.fromSchedule(Samples.NOBODY, "cancel", 1, 1),
        new Mail.CancelOther(null, World.NS, ORDER, null, "overtaken", true)), """
        ABSENT, CLOSED: takes the mail
        DELAYED, READY, FIRST_LEASE: CancelRequested, WorkflowCancelled → NONE
        WAITING, LEASED, PAUSED, BLOCKED: CancelRequested, WorkflowCancelled; closes activity 1; posts TerminateOther; update u-1 COMPLETED → NONE""");
  }

  @TestFactory
  Stream<DynamicTest> forARunBeforeThisOne() {
    return Summary.inEveryState(w -> word(null, Samples.NOBODY), """
        ABSENT, DELAYED, READY, FIRST_LEASE, WAITING, LEASED, PAUSED, BLOCKED: takes the mail
        CLOSED: takes the mail""");
  }

  @Test
  void reachesTheNextRunOfTheSameStory() {
    World world = State.READY.world();
    RunId first = Samples.run(world);
    world.turn(first, again());
    DeliverCancel word = word(null, first);
    world.mails.put(word.key(), new Mail(word.key(), world.now, word.cancel()));
    given(world).when(w -> word).then(new RunEvent.CancelRequested("not needed", null));
  }

  @Test
  void theSecondOneCountsAsDelivered() {
    World world = State.READY.world();
    world.did(cancel(ORDER, null));
    DeliverCancel word = word(new ParentLink(World.NS, "other-1", Samples.NOBODY, 1), null);
    world.mails.put(word.key(), new Mail(word.key(), world.now, word.cancel()));
    given(world).when(w -> word).then().effectTypes(Effect.Take.class, Effect.Post.class);
  }
}
