package dev.pawl.core.run;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The next run of the same chain, born in the commit that closes the one before. */
final class Continuation {
  private Continuation() {}

  /** @param unheard comes after the signals that the program carries along */
  static void asNew(Draft old, Command.ContinueAsNew command, Unheard unheard, long seen) {
    RunState state = old.state();
    RunEvent.WorkflowStarted was = state.started();
    var memo = new TreeMap<>(state.memo());
    memo.putAll(command.memo());
    var attributes = RunState.merged(state.searchAttributes(), command.searchAttributes());
    StartOptions options = new StartOptions(was.options().executionTimeout(), was.options().runTimeout(),
        was.options().taskTimeout(), was.options().retry(), Duration.ZERO, was.options().priority(),
        was.options().fairness(), was.options().buildId(), was.options().header(), memo, attributes);
    Draft next = begin(old, new RunEvent.WorkflowStarted(
        command.workflowType() != null ? command.workflowType() : was.workflowType(),
        command.queue() != null ? command.queue() : was.queue(),
        command.input(), options, was.runNumber() + 1, 1, was.firstRun(), state.id(), was.parent(),
        was.executionDeadline(), StartRun.deadline(old.now(), was.options().runTimeout())).by(was.schedule()));
    command.carried().forEach(next::append);
    finish(old, next, unheard, seen);
  }

  /** When a run starts over that ends like this; null: this is its end. */
  static @Nullable Instant retryAt(Draft old, Failure why) {
    RunState state = old.state();
    RunEvent.WorkflowStarted started = state.started();
    // Whoever asked for the cancel does not want the run to start over.
    if (started.options().retry() == null || state.cancelRequested()) return null;
    return started.options().retry().next(started.attempt(), why, state.id().toString(), old.now(),
        started.executionDeadline()).orElse(null);
  }

  /** @param why the end of the attempt, for the ledger */
  static void retry(Draft old, Instant retryAt, Failure why, Unheard unheard, long seen) {
    RunState state = old.state();
    RunEvent.WorkflowStarted was = state.started();
    StartOptions o = was.options();
    StartOptions options = new StartOptions(o.executionTimeout(), o.runTimeout(), o.taskTimeout(), o.retry(),
        Duration.between(old.now(), retryAt), o.priority(), o.fairness(), o.buildId(), o.header(), o.memo(),
        o.searchAttributes());
    Draft next = begin(old, new RunEvent.WorkflowStarted(was.workflowType(), was.queue(), was.input(), options,
        was.runNumber() + 1, was.attempt() + 1, was.firstRun(), state.id(), was.parent(), was.executionDeadline(),
        StartRun.deadline(retryAt, o.runTimeout())).by(was.schedule()));
    old.note("RUN_RETRIED", why.type(), "pawl", why.message());
    finish(old, next, unheard, seen);
  }

  private static Draft begin(Draft old, RunEvent.WorkflowStarted started) {
    RunState state = old.state();
    RunId id = RunId.caused(state.id(), started.runNumber(), state.namespace(), state.workflowId(), old.now());
    return Draft.birth(id, state.namespace(), state.workflowId(), new RunEvent.StartAccepted(null), started, old.now());
  }

  private static void finish(Draft old, Draft next, Unheard unheard, long seen) {
    unheard.goingOn().forEach(next::append);
    RunId oldId = old.state().id();
    RunState state = next.state();
    old.close(new RunEvent.WorkflowContinuedAsNew(state.id(), unheard.signals()), seen);
    next.effects().forEach(old::effect);
    old.effect(next.asBirth());
    old.effect(new Effect.PointChain(
        state.namespace(), state.workflowId(), oldId, state.id(), state.started().runNumber()));
  }
}
