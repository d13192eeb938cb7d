package dev.pawl.core.run;

import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.update;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class UpdateRunTest {
  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> update(ORDER, "u-9"), """
        ABSENT: `run_not_found`
        DELAYED, READY, WAITING: update u-9 ADMITTED → READY
        FIRST_LEASE, LEASED: update u-9 ADMITTED → LEASED
        PAUSED: update u-9 ADMITTED → IDLE
        BLOCKED: update u-9 ADMITTED → BLOCKED
        CLOSED: `run_closed`""");
  }

  @TestFactory
  Stream<DynamicTest> anIdThatCameBeforeGetsTheSameAnswer() {
    return Summary.inEveryState(w -> update(ORDER, "u-1"), """
        ABSENT: `run_not_found`
        DELAYED, READY: update u-1 ADMITTED → READY
        FIRST_LEASE: update u-1 ADMITTED → LEASED
        WAITING, LEASED, PAUSED, BLOCKED, CLOSED: same""");
  }

  @Test
  void theAnswerFollowsTheUpdate() {
    given(State.READY).when(w -> update(ORDER, "u-9"))
        .and(w -> w.turn(w.current(ORDER).id(), new Command.AcceptUpdate("u-9"),
            new Command.CompleteUpdate("u-9", Outcome.success(Payload.json("7")))))
        .when(w -> update(ORDER, "u-9")).unchanged()
        .satisfies(w -> {
          var admitted = ((Decision.Unchanged<UpdateRun.Admitted>) w.submit(update(ORDER, "u-9"))).answer();
          assertThat(admitted.duplicate()).isTrue();
          assertThat(admitted.update().phase()).isEqualTo(Effect.UpdatePhase.COMPLETED);
          assertThat(admitted.update().outcome()).isEqualTo(Outcome.success(Payload.json("7")));
        });
  }

  @Test
  void anotherContentUnderTheSameIdIsAConflict() {
    given(State.WAITING).when(w -> new UpdateRun(World.NS, ORDER, null, "u-1", "addItem", Payload.json("2"), Map.of(), "d", true))
        .rejected(Code.REQUEST_CONFLICT)
        .when(w -> new UpdateRun(World.NS, ORDER, null, "u-1", "dropItem", Payload.json("1"), Map.of(), "d", true))
        .rejected(Code.REQUEST_CONFLICT);
  }

  @Test
  void leavesNoEventUntilTheProgramAcceptsIt() {
    given(State.WAITING).when(w -> update(ORDER, "u-9")).then();
  }

  @Test
  void updatesThatNobodyLooksAtAreLimited() {
    World world = State.PAUSED.world();
    for (int i = 0; i < Check.MAX_ADMITTED; i++) world.submit(update(ORDER, "x-" + i));
    given(world).when(w -> update(ORDER, "one-more")).rejected(Code.INBOX_FULL)
        .when(w -> update(ORDER, "x-1")).unchanged();
  }

  @Test
  void whatIsWrongIsRefused() {
    given(State.WAITING).when(w -> update(ORDER, "")).rejectedAt(Code.INVALID_ARGUMENT, "updateId");
    given(State.WAITING).when(w -> new UpdateRun(World.NS, ORDER, null, "u", "x".repeat(257), null, Map.of(), "d", true))
        .rejectedAt(Code.LIMIT_EXCEEDED, "updateName");
  }

  @Test
  void oneThatWaitsWhenTheRunClosesIsRejectedNotDropped() {
    given(State.WAITING).when(w -> update(ORDER, "u-9")).when(w -> Requests.terminate(ORDER, null))
        .satisfies(w -> {
          Effect.Update left = w.updates.get(new World.UpdateKey(w.current(ORDER).id(), "u-9"));
          assertThat(left.phase()).isEqualTo(Effect.UpdatePhase.REJECTED);
          assertThat(((Outcome.Failed) left.outcome()).failure().type()).isEqualTo("RunClosed");
        });
  }

  @Test
  void countsOncePerChain() {
    World world = State.READY.world();
    RunId first = world.current(ORDER).id();
    world.did(update(ORDER, "u-9"));
    world.turn(first, new Command.AcceptUpdate("u-9"),
        new Command.CompleteUpdate("u-9", Outcome.success(Payload.json("7"))), Requests.again());
    given(world).when(w -> update(ORDER, "u-9")).unchanged().satisfies(w -> {
      var again = ((Decision.Unchanged<UpdateRun.Admitted>) w.submit(update(ORDER, "u-9"))).answer();
      assertThat(again.duplicate()).isTrue();
      assertThat(again.update().run()).as("where its outcome lies").isEqualTo(first);
    })
        .when(w -> new UpdateRun(World.NS, ORDER, null, "u-9", "dropItem", null, Map.of(), "other", true))
        .rejected(Code.REQUEST_CONFLICT);
  }

  @Test
  void anIdThatTheEngineMadeUpIsNotRemembered() {
    UpdateRun made = new UpdateRun(World.NS, ORDER, null, "u-9", "addItem", null, Map.of(), "d", false);
    assertThat(made.needs().requestIds()).isEmpty();
    given(State.WAITING).when(w -> made).effectTypes(Effect.AdmitUpdate.class);
  }

  @Test
  void aSignalOfTheSameIdIsAnotherThing() {
    given(State.WAITING).when(w -> Requests.signal(ORDER, "same")).when(w -> update(ORDER, "same"))
        .effectTypes(Effect.AdmitUpdate.class, Effect.Remember.class);
  }
}
