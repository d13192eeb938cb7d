package dev.pawl.core.run;

import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A decision in the making. Used inside one {@code decide} and thrown away. */
final class Draft {
  private final Run before;
  private final boolean born;
  private final Instant now;
  private final List<Event> events = new ArrayList<>(4);
  private final List<Effect> effects = new ArrayList<>(2);
  private RunState state;
  private WorkflowTask task;

  private Draft(Run run, boolean born, Instant now) {
    this.before = run;
    this.born = born;
    // History never runs backwards, whatever the clocks of two nodes say.
    this.now = now.isBefore(run.state().lastAt()) ? run.state().lastAt() : now;
    this.state = run.state();
    this.task = run.task();
  }

  static Draft of(Run run, Instant now) {
    return new Draft(run, false, now);
  }

  /** A draft of a run that does not exist yet; its first two events are already folded. */
  static Draft birth(RunId id, String namespace, String workflowId, RunEvent.StartAccepted accepted,
      RunEvent.WorkflowStarted started, Instant now) {
    List<Event> first = List.of(new Event(1, now, 0, accepted), new Event(2, now, 0, started));
    RunState state = RunState.fold(id, namespace, workflowId, first);
    Instant visible = now.plus(started.options().delay());
    Draft draft = new Draft(new Run(state, WorkflowTask.first(now, visible), 0), true, now);
    draft.events.addAll(first);
    if (started.executionDeadline() != null) draft.postDeadline("execution", started.executionDeadline());
    if (started.runDeadline() != null) draft.postDeadline("run", started.runDeadline());
    return draft;
  }

  private void postDeadline(String kind, Instant at) {
    effect(new Effect.Post(new Mail(Mail.Key.deadline(state.id(), kind), at, new Mail.DeadlineDue(kind))));
  }

  Instant now() {
    return now;
  }

  RunState state() {
    return state;
  }

  WorkflowTask task() {
    return task;
  }

  /** Appends an event from outside. */
  Draft append(RunEvent fact) {
    return append(fact, 0);
  }

  /** Appends an event of the worker, whose program had looked up to event {@code seen}. */
  Draft append(RunEvent fact, long seen) {
    Event event = new Event(state.lastSeq() + 1, now, seen, fact);
    events.add(event);
    state = state.after(List.of(event));
    return this;
  }

  Draft effect(Effect effect) {
    effects.add(effect);
    return this;
  }

  Draft task(WorkflowTask changed) {
    task = changed;
    return this;
  }

  /**
   * Appends the closing event and everything that follows from it: open tasks, timers and deadlines go, the parent is
   * told, children are treated by their policy, waiting updates are answered, and whoever holds the lease is fenced.
   */
  Draft close(RunEvent.Closing closing, long seen) {
    RunState open = state;
    append(closing, seen);
    RunId id = open.id();
    open.activities().keySet().forEach(step -> effect(new Effect.CloseTask(new TaskId(id, step), null)));
    open.timers().keySet().forEach(step -> effect(new Effect.Unpost(Mail.Key.timer(id, step))));
    if (open.started().executionDeadline() != null) effect(new Effect.Unpost(Mail.Key.deadline(id, "execution")));
    if (open.started().runDeadline() != null) effect(new Effect.Unpost(Mail.Key.deadline(id, "run")));
    // A reset copies its open children; in every other case nobody is left to wait for them.
    if (state.status() != RunStatus.RESET) leaveChildren(open);
    if (state.status().endsChain()) {
      tellParent(closing);
      Failure gone = Failure.of("RunClosed", "the run closed before the update was completed");
      open.updates().keySet().forEach(update -> effect(
          new Effect.SettleUpdate(id, update, Effect.UpdatePhase.COMPLETED, Outcome.failed(gone))));
    }
    task = task.withdrawn(now, WorkflowTask.Phase.NONE);
    return this;
  }

  private void tellParent(RunEvent.Closing closing) {
    ParentLink parent = state.started().parent();
    if (parent == null) return;
    Outcome outcome = switch (closing) {
      case RunEvent.WorkflowCompleted e -> Outcome.success(e.output() == null ? Payload.NULL : e.output());
      case RunEvent.WorkflowFailed e -> Outcome.failed(e.failure());
      case RunEvent.WorkflowCancelled e -> Outcome.failed(Failure.of(Failure.CANCELLED, e.reason()));
      case RunEvent.WorkflowTerminated e -> Outcome.failed(Failure.of(Failure.TERMINATED, e.reason()));
      case RunEvent.WorkflowTimedOut e ->
          Outcome.failed(Failure.of(Failure.TIMED_OUT, "the child's " + e.kind() + " timeout passed"));
      case RunEvent.WorkflowContinuedAsNew e -> throw new IllegalStateException("the chain goes on");
      case RunEvent.WorkflowReset e -> throw new IllegalStateException("the chain goes on");
    };
    effect(new Effect.Post(new Mail(Mail.Key.toParent(state.id(), "ended"), now,
        new Mail.ChildEnded(parent, state.id(), state.status(), outcome))));
  }

  private void leaveChildren(RunState open) {
    open.children().forEach((step, child) -> {
      Mail.Key key = Mail.Key.toChild(open.id(), step, "parent-closed");
      String reason = "parent " + open.workflowId() + " closed";
      switch (child.policy()) {
        case ABANDON -> {}
        case REQUEST_CANCEL -> effect(new Effect.Post(new Mail(key, now,
            new Mail.CancelOther(null, open.namespace(), child.workflowId(), null, reason))));
        case TERMINATE -> effect(new Effect.Post(new Mail(key, now,
            new Mail.TerminateOther(open.namespace(), child.workflowId(), null, reason))));
      }
    });
  }

  /** The change so far; the workflow task is settled by what the program has not seen yet. */
  <A> Decision<A> answer(A answer) {
    settle();
    Run after = new Run(state, task, before.version() + 1);
    return new Decision.Change<>(born ? null : before, after, List.copyOf(events), List.copyOf(effects), answer);
  }

  /** The run as it would be after this change, for a second run born in the same commit. */
  Effect.BearRun asBirth() {
    settle();
    return new Effect.BearRun(new Run(state, task, 1), List.copyOf(events));
  }

  List<Effect> effects() {
    return effects;
  }

  List<Event> events() {
    return events;
  }

  private void settle() {
    switch (task.phase()) {
      case IDLE -> {
        if (new Run(state, task, 0).needsTurn()) task = task.ready(now, now);
      }
      case READY -> {
        // Paused: stays out of the queue; resuming makes it ready again because it still needs its turn.
        if (state.paused()) task = task.idle(now);
      }
      case LEASED, BLOCKED, NONE -> {}
    }
  }
}
