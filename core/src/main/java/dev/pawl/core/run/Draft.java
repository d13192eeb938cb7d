package dev.pawl.core.run;

import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A decision in the making. Used inside one {@code decide} and thrown away. */
final class Draft {
  private final Run before;
  private final boolean born;
  private final Instant now;
  private final List<Event> events = new ArrayList<>(4);
  private final List<Effect> effects = new ArrayList<>(2);
  private RunState state;
  private @Nullable Folding folding;
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
    Instant visible = after(now, started.options().delay());
    Draft draft = new Draft(new Run(state, WorkflowTask.first(now, visible), 0), true, now);
    draft.events.addAll(first);
    if (started.executionDeadline() != null) draft.postDeadline("execution", started.executionDeadline());
    if (started.runDeadline() != null) draft.postDeadline("run", started.runDeadline());
    return draft;
  }

  /**
   * A draft of a run that begins with a copy of another run's history. What the copied events left open is opened
   * again: the caller does it, this only folds.
   */
  static Draft copy(RunId id, String namespace, String workflowId, List<Event> history, Instant now) {
    RunState state = RunState.fold(id, namespace, workflowId, history);
    Draft draft = new Draft(new Run(state, WorkflowTask.first(now, now), 0), true, now);
    draft.events.addAll(history);
    RunEvent.WorkflowStarted started = state.started();
    if (started.executionDeadline() != null) draft.postDeadline("execution", started.executionDeadline());
    if (started.runDeadline() != null) draft.postDeadline("run", started.runDeadline());
    return draft;
  }

  private void postDeadline(String kind, Instant at) {
    post(Mail.Key.deadline(state.id(), kind), at, new Mail.DeadlineDue(kind));
  }

  Instant now() {
    return now;
  }

  /** The instant {@code delay} from now, in whole microseconds as every store keeps them, never too early. */
  Instant after(Duration delay) {
    return after(now, delay);
  }

  /** The instant {@code delay} from {@code start}, rounded up to whole microseconds. */
  static Instant after(Instant start, Duration delay) {
    Instant exact = start.plus(delay);
    Instant micros = exact.truncatedTo(ChronoUnit.MICROS);
    return micros.isBefore(exact) ? micros.plus(1, ChronoUnit.MICROS) : micros;
  }

  /** The state so far. */
  RunState state() {
    if (folding != null) {
      state = folding.done();
      folding = null;
    }
    return state;
  }

  /** The events so far, folded but not made a value; cheaper than {@link #state} between two appends. */
  Folding folding() {
    if (folding == null) folding = new Folding(state);
    return folding;
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
    Folding so = folding();
    Event event = new Event(so.lastSeq() + 1, now, seen, fact);
    events.add(event);
    so.apply(event);
    return this;
  }

  Draft effect(Effect effect) {
    effects.add(effect);
    return this;
  }

  Draft post(Mail.Key key, Instant due, Mail.Message message) {
    return effect(new Effect.Post(new Mail(key, due, message)));
  }

  /** A line of the ledger about the workflow task or the run. */
  Draft note(String what, @Nullable String cause, String actor, @Nullable String reason) {
    return note(0, task.epoch(), what, cause, actor, reason);
  }

  Draft note(int step, long epoch, String what, @Nullable String cause, String actor, @Nullable String reason) {
    return effect(new Effect.Note(
        before.state().namespace(), before.id(), step, epoch, what, cause, actor,
        reason == null ? null : Check.legible(reason), now));
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
    RunState open = state();
    append(closing, seen);
    RunState state = state();
    RunId id = open.id();
    open.activities().keySet().forEach(step -> effect(new Effect.CloseTask(new TaskId(id, step), null)));
    open.timers().keySet().forEach(step -> effect(new Effect.Unpost(Mail.Key.timer(id, step))));
    if (open.started().executionDeadline() != null) effect(new Effect.Unpost(Mail.Key.deadline(id, "execution")));
    if (open.started().runDeadline() != null) effect(new Effect.Unpost(Mail.Key.deadline(id, "run")));
    // A reset copies its open children; in every other case nobody is left to wait for them.
    if (state.status() != RunStatus.RESET) leaveChildren(open);
    if (state.status().endsChain()) {
      tellParent(closing);
      tellSchedule();
    }
    Failure gone = Failure.of(Failure.RUN_CLOSED, "the run closed before the update was completed");
    open.updates().keySet().forEach(update -> effect(
        new Effect.SettleUpdate(id, update, Effect.UpdatePhase.COMPLETED, Outcome.failed(gone))));
    if (task.admitted() > 0) {
      effect(new Effect.RejectAdmitted(id,
          Failure.of(Failure.RUN_CLOSED, "the run closed before its program looked at the update")));
    }
    task = task.closed(now);
    return this;
  }

  private void tellParent(RunEvent.Closing closing) {
    RunState state = state();
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
    post(Mail.Key.toParent(state.id(), "ended"), now, new Mail.ChildEnded(
        parent, state.workflowId(), state.started().firstRun(), state.id(), state.status(), outcome));
  }

  private void tellSchedule() {
    ScheduleLink schedule = state().started().schedule();
    if (schedule == null) return;
    post(Mail.Key.toSchedule(state.id()), now, new Mail.ScheduledRunEnded(schedule, state.workflowId()));
  }

  private void leaveChildren(RunState open) {
    open.children().forEach((step, child) -> leaveChild(open, step, child));
  }

  /** Treats a child as its parent-close policy says. */
  void leaveChild(RunState open, int step, RunState.OpenChild child) {
    if (child.policy() == ParentClosePolicy.ABANDON) return;
    if (child.run() == null) {
      // Not born yet, or born and its word is on the way: ChildStartedNotice treats it when the word arrives.
      effect(new Effect.Unpost(Mail.Key.toChild(open.id(), step, "start")));
    } else {
      post(Mail.Key.toChild(open.id(), step, "parent-closed"), now,
          orphaned(open.namespace(), child.workflowId(), child.run(), child.policy(), open.workflowId()));
    }
  }

  /** The workflow id of a child that its program did not name. */
  static String childId(RunId parent, int step) {
    return parent + "." + step;
  }

  /** What a child is told when its parent is gone. @param policy not ABANDON */
  static Mail.Message orphaned(String namespace, String child, RunId run, ParentClosePolicy policy, String parent) {
    String reason = "parent " + parent + " closed";
    return policy == ParentClosePolicy.TERMINATE
        ? new Mail.TerminateOther(namespace, child, run, reason)
        : new Mail.CancelOther(null, namespace, child, run, reason);
  }

  /** The change so far; the workflow task is settled by what the program has not seen yet. */
  <A> Decision<A> answer(A answer) {
    settle();
    Run after = new Run(state(), task, before.version() + 1);
    return new Decision.Change<>(born ? null : before, after, List.copyOf(events), Effects.merged(effects), answer);
  }

  /** The run as it would be after this change, for a second run born in the same commit. */
  Effect.BearRun asBirth() {
    settle();
    return new Effect.BearRun(new Run(state(), task, 1), List.copyOf(events));
  }

  List<Effect> effects() {
    return effects;
  }

  List<Event> events() {
    return events;
  }

  /**
   * A wait whose time is over ends when nobody can be in the middle of satisfying it: its lease is gone, and there is
   * no message left that the program has not looked at.
   */
  private void endOverdueWaits() {
    RunState state = state();
    boolean held = task.phase() == WorkflowTask.Phase.LEASED;
    if (held || !state.open() || state.lastWake() > task.seen()) return;
    for (int step : List.copyOf(state.waits().keySet())) {
      Instant due = state.timers().get(step);
      if (due == null || due.isAfter(now)) continue;
      append(new RunEvent.TimerFired(step));
      effect(new Effect.Unpost(Mail.Key.timer(state.id(), step)));
    }
  }

  private void settle() {
    if (!state().waits().isEmpty()) endOverdueWaits();
    RunState state = state();
    switch (task.phase()) {
      case IDLE -> {
        if (!new Run(state, task, 0).needsTurn()) return;
        // A parked run may have a due time ahead of it: a delayed start, a back-off.
        task = task.ready(now, task.visibleAt().isAfter(now) ? task.visibleAt() : now);
      }
      case READY -> {
        if (state.paused()) task = task.parked(now);
      }
      case LEASED, BLOCKED, NONE -> {}
    }
  }
}
