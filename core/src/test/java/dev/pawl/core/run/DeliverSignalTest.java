package dev.pawl.core.run;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.start;
import static dev.pawl.core.run.Requests.tell;
import static org.assertj.core.api.Assertions.assertThat;

class DeliverSignalTest {
  private static final ParentLink SENDER = new ParentLink(World.NS, "other-1", Samples.NOBODY, 1);

  private static DeliverSignal word(ParentLink sender) {
    return new DeliverSignal(Mail.Key.external(Samples.NOBODY, 1), new Mail.SignalOther(
        sender, World.NS, ORDER, "approve", Payload.json("1"), Map.of()));
  }

  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> word(SENDER), """
        ABSENT, CLOSED: takes the mail; posts ExternalAnswered
        DELAYED, READY, WAITING: SignalReceived; posts ExternalAnswered → READY
        FIRST_LEASE, LEASED: SignalReceived; posts ExternalAnswered → LEASED
        PAUSED: SignalReceived; posts ExternalAnswered → IDLE
        BLOCKED: SignalReceived; posts ExternalAnswered → BLOCKED""");
  }

  @TestFactory
  Stream<DynamicTest> ofNobodyWhoWaits() {
    return Summary.inEveryState(w -> word(null), """
        ABSENT, CLOSED: takes the mail; ledger: MAIL_UNDELIVERABLE
        DELAYED, READY, WAITING: SignalReceived → READY
        FIRST_LEASE, LEASED: SignalReceived → LEASED
        PAUSED: SignalReceived → IDLE
        BLOCKED: SignalReceived → BLOCKED""");
  }

  @Test
  void thereAndBackAgain() {
    World world = State.FIRST_LEASE.world();
    RunId run = Samples.run(world);
    RunId stock = world.did(start(world, "stock")).run();
    world.report(run, true, tell(1, "stock"), tell(2, "nobody"));
    world.deliver();
    assertThat(world.facts(stock).getLast()).isInstanceOfSatisfying(RunEvent.SignalReceived.class,
        e -> assertThat(e.name()).isEqualTo("approve"));
    List<RunEvent> facts = world.facts(run);
    assertThat(facts.get(facts.size() - 2)).isEqualTo(new RunEvent.ExternalDelivered(1));
    assertThat(facts.getLast()).isInstanceOfSatisfying(RunEvent.ExternalFailed.class, e -> {
      assertThat(e.step()).isEqualTo(2);
      assertThat(e.failure().type()).isEqualTo(Failure.RUN_NOT_FOUND);
    });
    assertThat(world.current(ORDER).state().externals()).isEmpty();
  }
}
