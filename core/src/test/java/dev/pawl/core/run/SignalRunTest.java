package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.signal;
import static dev.pawl.core.run.Requests.signalEvent;
import static dev.pawl.core.run.Transcript.given;
import static dev.pawl.core.run.World.NS;
import static org.assertj.core.api.Assertions.assertThat;

class SignalRunTest {
  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> signal(ORDER, "s-9"), """
        ABSENT: `run_not_found`
        DELAYED, READY, WAITING: SignalReceived → READY
        FIRST_LEASE, LEASED: SignalReceived → LEASED
        PAUSED: SignalReceived → IDLE
        BLOCKED: SignalReceived → BLOCKED
        CLOSED: `run_closed`""");
  }

  @Test
  void wakesARunThatWaits() {
    given(State.WAITING).when(w -> signal(ORDER, "s-1")).then(signalEvent("s-1")).isLeft(Phase.READY)
        .effectTypes(Effect.Remember.class);
  }

  @Test
  void countsOncePerChain() {
    given(State.WAITING).when(w -> signal(ORDER, "s-1")).when(w -> signal(ORDER, "s-1")).unchanged()
        .and(w -> w.turn(w.current(ORDER).id(), Requests.again()))
        .when(w -> signal(ORDER, "s-1")).unchanged();
  }

  @Test
  void anotherContentUnderTheSameIdIsAConflict() {
    given(State.WAITING).when(w -> signal(ORDER, "s-1"))
        .when(w -> new SignalRun(NS, ORDER, null, "s-1", "other", "approve", null, Map.of(), true))
        .rejected(Code.REQUEST_CONFLICT);
  }

  @Test
  void whoeverHasTooMuchToReadTakesNoMore() {
    World world = State.WAITING.world();
    world.unreadLimit = 2;
    given(world).when(w -> signal(ORDER, "s-1")).when(w -> signal(ORDER, "s-2"))
        .when(w -> signal(ORDER, "s-3")).rejected(Code.INBOX_FULL)
        .when(w -> Requests.update(ORDER, "u-77")).rejected(Code.INBOX_FULL)
        .when(w -> Requests.with(Requests.with(Requests.start(w, ORDER), ReusePolicy.ALLOW, ConflictPolicy.USE_EXISTING),
            signalEvent("s-4"), null)).rejected(Code.INBOX_FULL)
        .when(w -> signal(ORDER, "s-1")).unchanged()
        .and(w -> w.turn(w.current(ORDER).id()))
        .when(w -> signal(ORDER, "s-3")).then(signalEvent("s-3"));
  }

  @Test
  void whatAPausedRunHadSeenIsNotCountedAgain() {
    World world = State.LEASED.world();
    long unread = world.current(ORDER).unread();
    world.did(Requests.pause(ORDER));
    assertThat(world.current(ORDER).task().seen()).isZero();
    assertThat(world.current(ORDER).unread()).as("and the pause itself").isEqualTo(unread + 1);
  }

  @Test
  void anIdThatTheEngineMadeUpIsNotRemembered() {
    SignalRun made = new SignalRun(NS, ORDER, null, "s-1", "d", "approve", null, Map.of(), false);
    assertThat(made.needs()).isEqualTo(Request.Needs.NOTHING);
    given(State.WAITING).when(w -> made).thenTypes("SignalReceived").effects();
  }

  @Test
  void aPinnedRunMustBeOfThisWorkflowAndNamespace() {
    given(State.WAITING).when(w -> new SignalRun(
        NS, "other", w.current(ORDER).id(), "s", "d", "approve", null, Map.of(), false)).rejected(Code.RUN_NOT_FOUND);
    given(State.WAITING).when(w -> new SignalRun(
        "other", ORDER, w.current(ORDER).id(), "s", "d", "approve", null, Map.of(), false))
        .rejected(Code.RUN_NOT_FOUND);
  }

  @Test
  void aPinnedRunThatWasFollowedIsClosed() {
    World world = State.CLOSED.world();
    RunId old = world.current(ORDER).id();
    world.did(Requests.start(world, ORDER));
    given(world).when(w -> new SignalRun(NS, ORDER, old, "s", "d", "approve", null, Map.of(), false))
        .rejected(Code.RUN_CLOSED);
  }

  @Test
  void whatIsWrongIsRefused() {
    given(State.WAITING).when(w -> new SignalRun(NS, ORDER, null, "s", "d", "", null, Map.of(), false))
        .rejectedAt(Code.INVALID_ARGUMENT, "signalName");
    given(State.WAITING).when(w -> new SignalRun(NS, ORDER, null, "s", "d", "approve",
        Payload.wrap("json", new byte[Payload.MAX_BYTES + 1]), Map.of(), false))
        .rejectedAt(Code.PAYLOAD_TOO_LARGE, "input");
  }
}
