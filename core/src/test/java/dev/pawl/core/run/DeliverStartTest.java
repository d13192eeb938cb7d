package dev.pawl.core.run;

import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.signalEvent;
import static dev.pawl.core.run.Requests.start;
import static dev.pawl.core.run.Requests.with;
import static dev.pawl.core.run.Requests.withId;
import static dev.pawl.core.run.Transcript.given;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class DeliverStartTest {
  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> new DeliverStart(Mail.Key.fromOutside(Samples.NOBODY), start(w, ORDER)), """
        ABSENT, CLOSED: a new run: StartAccepted, WorkflowStarted → READY
        DELAYED, READY, FIRST_LEASE, WAITING, LEASED, PAUSED, BLOCKED: takes the mail; ledger: MAIL_UNDELIVERABLE""");
  }

  @TestFactory
  Stream<DynamicTest> usingTheExistingOneWithASignal() {
    return Summary.inEveryState(w -> new DeliverStart(Mail.Key.fromOutside(Samples.NOBODY),
        with(with(start(w, ORDER), ReusePolicy.ALLOW, ConflictPolicy.USE_EXISTING), signalEvent("s-9"), null)), """
        ABSENT, CLOSED: a new run: StartAccepted, WorkflowStarted, SignalReceived → READY
        DELAYED, READY, WAITING: SignalReceived → READY
        FIRST_LEASE, LEASED: SignalReceived → LEASED
        PAUSED: SignalReceived → IDLE
        BLOCKED: SignalReceived → BLOCKED""");
  }

  @TestFactory
  Stream<DynamicTest> aScheduleHearsThatItsWorkflowCouldNotBeStarted() {
    return Summary.inEveryState(w -> new DeliverStart(Mail.Key.fromSchedule(Samples.NOBODY, "start", 1, 1),
        Requests.scheduled(w, ORDER)), """
        ABSENT: a new run: StartAccepted, WorkflowStarted → READY
        DELAYED, READY, FIRST_LEASE, WAITING, LEASED, PAUSED, BLOCKED, CLOSED: takes the mail; posts ScheduledStartRefused""");
  }

  @Test
  void aScheduleHearsOfTheEndOfItsChainOnce() {
    World world = new World();
    world.did(Requests.scheduled(world, ORDER));
    Run run = world.runs.values().iterator().next();
    given(world).when(w -> new TerminateRun(World.NS, ORDER, null, "enough", null, "d", "op"))
        .effects(new Effect.Post(new Mail(Mail.Key.toSchedule(run.id()), world.now,
            new Mail.ScheduledRunEnded(new ScheduleLink(World.NS, "nightly"), ORDER))));
    given(world).when(w -> Requests.start(w, ORDER)).effectTypes(Effect.PointChain.class);
  }

  @Test
  void aRequestIdThatCameBeforeOnlyTakesTheMail() {
    World world = new World();
    world.did(withId(start(world, ORDER), "r-1", "d"));
    DeliverStart again =
        new DeliverStart(Mail.Key.fromOutside(Samples.NOBODY), withId(start(world, ORDER), "r-1", "d"));
    world.mails.put(again.key(), new Mail(again.key(), world.now, new Mail.StartOther(again.start())));
    given(world).when(w -> again).thrownAway().effects(new Effect.Take(again.key()));
  }
}
