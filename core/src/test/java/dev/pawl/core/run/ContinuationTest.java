package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.again;
import static dev.pawl.core.run.Requests.cancel;
import static dev.pawl.core.run.Requests.complete;
import static dev.pawl.core.run.Requests.fail;
import static dev.pawl.core.run.Requests.failure;
import static dev.pawl.core.run.Requests.options;
import static dev.pawl.core.run.Requests.signal;
import static dev.pawl.core.run.Requests.signalEvent;
import static dev.pawl.core.run.Requests.start;
import static dev.pawl.core.run.Requests.token;
import static dev.pawl.core.run.Requests.update;
import static org.assertj.core.api.Assertions.assertThat;

class ContinuationTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void theNextRunIsBornInTheSameCommit() {
    World world = new World();
    RunId first = world.did(start(world, ORDER, options(HOUR.multipliedBy(5), HOUR, null, Duration.ZERO))).run();
    world.pass(Duration.ofMinutes(30)).turn(first, again());
    Run next = world.current(ORDER);
    RunEvent.WorkflowStarted started = next.state().started();
    assertThat(world.facts(first).getLast()).isEqualTo(new RunEvent.WorkflowContinuedAsNew(next.id(), List.of()));
    assertThat(world.run(first).state().status()).isEqualTo(RunStatus.CONTINUED);
    assertThat(started.runNumber()).isEqualTo(2);
    assertThat(started.firstRun()).isEqualTo(first);
    assertThat(started.continuedFrom()).isEqualTo(first);
    assertThat(started.input()).isEqualTo(Payload.json("2"));
    assertThat(started.executionDeadline()).as("the chain's").isEqualTo(World.NOON.plus(HOUR.multipliedBy(5)));
    assertThat(started.runDeadline()).as("the run's starts over").isEqualTo(World.NOON.plus(Duration.ofMinutes(90)));
    assertThat(next.id().lane()).isEqualTo(first.lane());
    assertThat(next.task().phase()).isEqualTo(Phase.READY);
  }

  @Test
  void signalsThatNobodyTookGoAlongInOrder() {
    World world = State.FIRST_LEASE.world();
    RunId first = world.current(ORDER).id();
    world.did(signal(ORDER, "seen"));
    world.did(signal(ORDER, "unseen"));
    world.did(new ReportTask(token(first, 1), World.ANN, 1, 3, List.of(new Command.ContinueAsNew(null, null, null,
        Map.of(), Map.of(), List.of(signalEvent("seen")))), true));
    assertThat(world.facts(world.current(ORDER).id()).subList(2, 4))
        .containsExactly(signalEvent("seen"), signalEvent("unseen"));
  }

  @Test
  void aCancelThatTheProgramNeverSawGoesAlong() {
    World world = State.FIRST_LEASE.world();
    RunId first = world.current(ORDER).id();
    world.did(cancel(ORDER, null));
    world.did(new ReportTask(token(first, 1), World.ANN, 1, 2, List.of(again()), true));
    assertThat(world.current(ORDER).state().cancelRequested()).isTrue();
  }

  @Test
  void aCancelThatTheProgramSawAndPassedOverDoesNot() {
    World world = State.FIRST_LEASE.world();
    RunId first = world.current(ORDER).id();
    world.did(cancel(ORDER, null));
    world.report(first, true, again());
    assertThat(world.current(ORDER).state().cancelRequested()).isFalse();
  }

  @Test
  void attributesAndMemoAreMergedAndUnsetOnesAreGone() {
    World world = State.FIRST_LEASE.world();
    RunId first = world.current(ORDER).id();
    world.report(first, false,
        new Command.UpsertSearchAttributes(1, Map.of("A", new SearchValue.Int(1), "B", new SearchValue.Int(2))),
        new Command.UpsertMemo(2, Map.of("a", Payload.json("1"))));
    world.report(first, true, new Command.ContinueAsNew("Other", "elsewhere", null, Map.of("b", Payload.json("2")),
        Map.of("A", new SearchValue.Unset(), "C", new SearchValue.Int(3)), List.of()));
    RunState state = world.current(ORDER).state();
    assertThat(state.searchAttributes())
        .isEqualTo(Map.of("B", new SearchValue.Int(2), "C", new SearchValue.Int(3)));
    assertThat(state.started().options().searchAttributes()).doesNotContainKey("A");
    assertThat(state.memo()).containsOnlyKeys("a", "b");
    assertThat(state.started().workflowType()).isEqualTo("Other");
    assertThat(state.started().queue()).isEqualTo("elsewhere");
  }

  @Test
  void updatesThatWaitAreAnsweredNotDropped() {
    World world = State.WAITING.world();
    RunId first = world.current(ORDER).id();
    world.did(update(ORDER, "waiting"));
    world.turn(first, again());
    assertThat(world.updates.get(new World.UpdateKey(first, "waiting")).phase())
        .isEqualTo(Effect.UpdatePhase.REJECTED);
    assertThat(world.updates.get(new World.UpdateKey(first, "u-1")).phase())
        .isEqualTo(Effect.UpdatePhase.COMPLETED);
  }

  // ---- the retry of a whole run

  private static World retrying() {
    World world = new World();
    world.did(start(world, ORDER, options(HOUR, null, Requests.TWICE, Duration.ZERO)));
    return world;
  }

  @Test
  void aFailedRunStartsOverLaterAndThenStaysFailed() {
    World world = retrying();
    RunId first = world.current(ORDER).id();
    world.turn(first, fail("Bug"));
    Run second = world.current(ORDER);
    assertThat(world.run(first).state().status()).isEqualTo(RunStatus.CONTINUED);
    assertThat(second.state().started().attempt()).isEqualTo(2);
    assertThat(second.state().started().input()).isEqualTo(Payload.json("{}"));
    assertThat(second.task().visibleAt()).isEqualTo(World.NOON.plusSeconds(10));
    world.pass(Duration.ofSeconds(10)).turn(second.id(), fail("Bug"));
    assertThat(world.current(ORDER).state().status()).isEqualTo(RunStatus.FAILED);
    assertThat(world.facts(second.id()).getLast()).isEqualTo(new RunEvent.WorkflowFailed(failure("Bug"), List.of()));
  }

  @Test
  void aFinalFailureIsFinal() {
    World world = retrying();
    world.turn(world.current(ORDER).id(), fail("Final"));
    assertThat(world.current(ORDER).state().status()).isEqualTo(RunStatus.FAILED);
  }

  @Test
  void noRetryBeyondTheChainsDeadline() {
    World world = retrying();
    world.pass(HOUR.minusSeconds(5)).turn(world.current(ORDER).id(), fail("Bug"));
    assertThat(world.current(ORDER).state().status()).isEqualTo(RunStatus.FAILED);
  }

  @Test
  void aRunThatWasAskedToCancelDoesNotStartOver() {
    World world = retrying();
    world.did(cancel(ORDER, null));
    world.turn(world.current(ORDER).id(), fail("Bug"));
    assertThat(world.current(ORDER).state().status()).isEqualTo(RunStatus.FAILED);
  }

  @Test
  void theRetriedRunHearsEverySignalThatNobodyTook() {
    World world = retrying();
    RunId first = world.current(ORDER).id();
    world.grant(first, World.ANN);
    world.did(signal(ORDER, "taken"));
    world.did(signal(ORDER, "not-taken"));
    world.did(signal(ORDER, "unseen"));
    world.did(new ReportTask(token(first, 1), World.ANN, 1, 4,
        List.of(new Command.FailRun(failure("Bug"), List.of("not-taken"))), true));
    List<RunEvent> facts = world.facts(world.current(ORDER).id());
    assertThat(facts.subList(2, facts.size())).containsExactly(signalEvent("not-taken"), signalEvent("unseen"));
  }

  @Test
  void theWholeChainHasOneStory() {
    World world = new World();
    RunId first = world.did(start(world, ORDER)).run();
    for (int i = 0; i < 20; i++) world.turn(world.current(ORDER).id(), again());
    world.turn(world.current(ORDER).id(), complete());
    assertThat(world.current(ORDER).state().started().runNumber()).isEqualTo(21);
    assertThat(world.current(ORDER).state().started().firstRun()).isEqualTo(first);
    assertThat(world.runs.keySet()).hasSize(21);
  }
}
