package dev.pawl.core.run;

import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;

/** The next run of the same chain, born in the commit that closes the one before. */
final class Continuation {
  private Continuation() {}

  /** @param unheard what was said to the run and its program never saw; it comes after the carried signals */
  static void asNew(Draft old, Command.ContinueAsNew command, List<RunEvent> unheard, long seen) {
    RunState state = old.state();
    RunEvent.WorkflowStarted was = state.started();
    var memo = new TreeMap<>(state.memo());
    memo.putAll(command.memo());
    var attributes = RunState.merged(state.searchAttributes(), command.searchAttributes());
    StartOptions options = new StartOptions(was.options().executionTimeout(), was.options().runTimeout(),
        was.options().taskTimeout(), was.options().retry(), Duration.ZERO, was.options().priority(),
        was.options().buildId(), was.options().header(), memo, attributes);
    Draft next = begin(old, new RunEvent.WorkflowStarted(
        command.workflowType() != null ? command.workflowType() : was.workflowType(),
        command.queue() != null ? command.queue() : was.queue(),
        command.input(), options, was.runNumber() + 1, 1, was.firstRun(), state.id(), was.parent(),
        was.executionDeadline(), StartRun.deadline(old.now(), was.options().runTimeout())));
    command.carried().forEach(next::append);
    unheard.forEach(next::append);
    finish(old, next, new RunEvent.WorkflowContinuedAsNew(next.state().id()), seen);
  }

  /** @param unheard as in {@link #asNew}, and the signals that no handler took */
  static void retry(Draft old, Instant retryAt, List<RunEvent> unheard, long seen) {
    RunState state = old.state();
    RunEvent.WorkflowStarted was = state.started();
    StartOptions o = was.options();
    StartOptions options = new StartOptions(o.executionTimeout(), o.runTimeout(), o.taskTimeout(), o.retry(),
        Duration.between(old.now(), retryAt), o.priority(), o.buildId(), o.header(), o.memo(), o.searchAttributes());
    Draft next = begin(old, new RunEvent.WorkflowStarted(was.workflowType(), was.queue(), was.input(), options,
        was.runNumber() + 1, was.attempt() + 1, was.firstRun(), state.id(), was.parent(), was.executionDeadline(),
        StartRun.deadline(retryAt, o.runTimeout())));
    unheard.forEach(next::append);
    finish(old, next, new RunEvent.WorkflowContinuedAsNew(next.state().id()), seen);
  }

  private static Draft begin(Draft old, RunEvent.WorkflowStarted started) {
    RunState state = old.state();
    RunId id = RunId.caused(state.id(), started.runNumber(), state.namespace(), state.workflowId(), old.now());
    return Draft.birth(id, state.namespace(), state.workflowId(), new RunEvent.StartAccepted(null), started, old.now());
  }

  private static void finish(Draft old, Draft next, RunEvent.Closing closing, long seen) {
    RunId oldId = old.state().id();
    RunState state = next.state();
    old.close(closing, seen);
    next.effects().forEach(old::effect);
    old.effect(next.asBirth());
    old.effect(new Effect.PointChain(
        state.namespace(), state.workflowId(), oldId, state.id(), state.started().runNumber()));
  }
}
