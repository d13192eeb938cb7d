package dev.pawl.core.run;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.again;
import static dev.pawl.core.run.Requests.child;
import static dev.pawl.core.run.Requests.complete;
import static dev.pawl.core.run.Requests.fail;
import static dev.pawl.core.run.Requests.signal;
import static dev.pawl.core.run.Requests.terminate;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class ChildEndedNoticeTest {
  private static ChildEndedNotice notice(World w, RunId child, RunStatus status, Outcome outcome) {
    return new ChildEndedNotice(Mail.Key.toParent(Samples.NOBODY, "ended"), new Mail.ChildEnded(
        new ParentLink(World.NS, ORDER, Samples.run(w), 3), "ship-42", child, child, status, outcome));
  }

  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> notice(w,
        w.runs.containsKey(Samples.run(w)) && w.runs.size() > 1 ? w.current("ship-42").id() : Samples.NOBODY,
        RunStatus.COMPLETED, Outcome.success(Payload.NULL)), """
        ABSENT, DELAYED, READY, FIRST_LEASE, CLOSED: takes the mail
        WAITING: ChildRunCompleted → READY
        LEASED: ChildRunCompleted → LEASED
        PAUSED: ChildRunCompleted → IDLE
        BLOCKED: ChildRunCompleted → BLOCKED""");
  }

  /** The whole way: the child ends like this, and this is what the parent's program is told. */
  private static RunEvent ends(java.util.function.Consumer<World> ending) {
    World world = State.FIRST_LEASE.world();
    world.report(Samples.run(world), true, child(1, "ship-42", ParentClosePolicy.ABANDON));
    world.deliver();
    ending.accept(world);
    world.deliver();
    assertThat(world.current(ORDER).state().children()).isEmpty();
    return world.facts(Samples.run(world)).getLast();
  }

  @Test
  void everyEndHasItsWord() {
    assertThat(ends(w -> w.turn(w.current("ship-42").id(), complete()))).isInstanceOfSatisfying(
        RunEvent.ChildRunCompleted.class, e -> assertThat(e.result()).isEqualTo(Payload.json("\"done\"")));
    assertThat(ends(w -> w.turn(w.current("ship-42").id(), fail("Lost")))).isInstanceOfSatisfying(
        RunEvent.ChildRunFailed.class, e -> assertThat(e.failure().type()).isEqualTo("Lost"));
    assertThat(ends(w -> w.turn(w.current("ship-42").id(), new Command.CancelRun("as asked", List.of()))))
        .isInstanceOfSatisfying(RunEvent.ChildRunCancelled.class, e -> assertThat(e.reason()).isEqualTo("as asked"));
    assertThat(ends(w -> w.did(terminate("ship-42", null)))).isInstanceOfSatisfying(
        RunEvent.ChildRunTerminated.class, e -> assertThat(e.reason()).isEqualTo("by hand"));
  }

  @Test
  void aChildThatContinuesAsNewIsOneStory() {
    assertThat(ends(w -> {
      w.turn(w.current("ship-42").id(), again());
      w.deliver();
      assertThat(w.current(ORDER).state().children()).hasSize(1);
      w.turn(w.current("ship-42").id(), complete());
    })).isInstanceOf(RunEvent.ChildRunCompleted.class);
  }

  @Test
  void theStartComesFirstEvenIfItsMailComesLast() {
    World world = State.FIRST_LEASE.world();
    RunId run = Samples.run(world);
    world.report(run, true, child(1, "ship-42", ParentClosePolicy.ABANDON));
    world.did(Deliveries.of(world.mails.get(Mail.Key.toChild(run, 1, "start"))));
    RunId childRun = world.current("ship-42").id();
    world.turn(childRun, complete());
    given(world).when(w -> Deliveries.of(w.mails.get(Mail.Key.toParent(childRun, "ended"))))
        .thenTypes("ChildRunStarted", "ChildRunCompleted")
        .when(w -> Deliveries.of(w.mails.get(Mail.Key.toParent(childRun, "started")))).thenTypes()
        .satisfies(w -> assertThat(w.run(run).state().children()).isEmpty());
  }

  @Test
  void anotherRunUnderTheSameIdIsIgnored() {
    given(State.WAITING).and(w -> w.mails.put(Mail.Key.toParent(Samples.NOBODY, "ended"),
            new Mail(Mail.Key.toParent(Samples.NOBODY, "ended"), w.now, new Mail.TimerDue(0))))
        .when(w -> notice(w, Samples.NOBODY, RunStatus.COMPLETED, Outcome.success(Payload.NULL))).thrownAway();
  }

  @Test
  void aParentThatContinuedAsNewIsNotAskedForItsOldChild() {
    World world = State.FIRST_LEASE.world();
    world.report(Samples.run(world), true, child(1, "ship-42", ParentClosePolicy.ABANDON));
    world.did(signal(ORDER, "s"));
    world.turn(Samples.run(world), again());
    // The new run asks for the same child at the same step, but the old child has the id.
    world.turn(Samples.run(world), child(1, "ship-42", ParentClosePolicy.ABANDON));
    world.deliver();
    List<RunEvent> facts = world.facts(Samples.run(world));
    assertThat(facts.getLast()).isInstanceOfSatisfying(RunEvent.ChildRunFailed.class, e -> {
      assertThat(e.childRun()).isNull();
      assertThat(e.failure().type()).isEqualTo(Failure.ALREADY_STARTED);
    });
  }
}
