package dev.pawl.core.run;

import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.failure;

import dev.pawl.core.value.Failure;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class TakeAnswerTest {
  private static TakeAnswer word(World w, int step, Failure problem) {
    return new TakeAnswer(Mail.Key.answer(Samples.run(w), step),
        new Mail.ExternalAnswered(new ParentLink(World.NS, ORDER, Samples.run(w), step), problem));
  }

  @TestFactory
  Stream<DynamicTest> delivered() {
    return Summary.inEveryState(w -> word(w, 4, null), """
        ABSENT, DELAYED, READY, FIRST_LEASE, CLOSED: takes the mail
        WAITING: ExternalDelivered → READY
        LEASED: ExternalDelivered → LEASED
        PAUSED: ExternalDelivered → IDLE
        BLOCKED: ExternalDelivered → BLOCKED""");
  }

  @TestFactory
  Stream<DynamicTest> refused() {
    return Summary.inEveryState(w -> word(w, 4, failure("RunClosed")), """
        ABSENT, DELAYED, READY, FIRST_LEASE, CLOSED: takes the mail
        WAITING: ExternalFailed → READY
        LEASED: ExternalFailed → LEASED
        PAUSED: ExternalFailed → IDLE
        BLOCKED: ExternalFailed → BLOCKED""");
  }

  @TestFactory
  Stream<DynamicTest> toAStepThatWaitsForNothing() {
    return Summary.inEveryState(w -> word(w, 1, null), """
        ABSENT, DELAYED, READY, FIRST_LEASE, WAITING, LEASED, PAUSED, BLOCKED, CLOSED: takes the mail""");
  }
}
