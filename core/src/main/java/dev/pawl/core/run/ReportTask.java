package dev.pawl.core.run;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Rejection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the worker that holds a run has to say: commands of the program, results of steps. Taken whole or not at all.
 *
 * <p>Facts that came from outside meanwhile do not fence it: its events are numbered behind them, and the answer
 * carries the newcomers. Only a closing command cares: signals that its program never saw are listed as unhandled, or
 * carried along by continue-as-new.
 *
 * @param number 1, 2, 3 ... within one lease; the same number again gets the same answer
 * @param seen the last event that the program had been shown
 * @param release whether the worker gives the lease back, because the program waits or has ended
 */
public record ReportTask(TaskToken token, SessionId session, int number, long seen, List<Command> commands,
    boolean release) implements Request<ReportTask.Reported> {

  /**
   * @param firstSeq number of the first event that this report appended, if any; events behind {@code seen} and in
   *     front of it came from outside and are new to the program
   * @param own the events from {@code firstSeq} on; may contain facts from outside that the report brought about
   * @param keeps the worker holds the lease still, because it did not give it back or because there is more to look at
   * @param repeated the report came before; {@code own} is empty, all events behind {@code seen} have to be read again
   * @param run the run afterwards
   */
  public record Reported(long firstSeq, List<Event> own, boolean keeps, boolean repeated, Run run) {}

  @Override
  public Anchor anchor() {
    return new OfRun(token.run());
  }

  @Override
  public Needs needs() {
    Set<String> updates = new LinkedHashSet<>();
    List<TaskId> tasks = new ArrayList<>(0);
    Long eventsAfter = null;
    for (Command command : commands) {
      switch (command) {
        case Command.AcceptUpdate c -> updates.add(c.updateId());
        case Command.ApplyUpdate c -> updates.add(c.updateId());
        case Command.RejectUpdate c -> updates.add(c.updateId());
        case Command.CancelActivity c -> tasks.add(new TaskId(token.run(), c.step()));
        // What the program never saw is listed in the end, or goes on to the next run; of what it saw and did not take,
        // only the ids are here.
        case Command.CompleteRun c -> eventsAfter = seen;
        case Command.CancelRun c -> eventsAfter = seen;
        case Command.ContinueAsNew c -> eventsAfter = seen;
        case Command.FailRun c -> eventsAfter = c.unhandled().isEmpty() ? seen : 0L;
        default -> {}
      }
    }
    return eventsAfter == null && updates.isEmpty() && tasks.isEmpty()
        ? Needs.NOTHING
        : new Needs(tasks, List.copyOf(updates), eventsAfter, List.of());
  }

  @Override
  public Decision<Reported> decide(Situation situation) {
    return decide(situation, false);
  }

  /**
   * @param always whether the lease ends in any case, also with news that the program has not looked at: its worker
   *     keeps nothing in memory and gets the whole history with the next task
   */
  Decision<Reported> decide(Situation situation, boolean always) {
    Run held = situation.run();
    if (held != null && held.task().repeats(token.epoch(), number)) return Decision.unchanged(again(held));
    Decision<Reported> refused = Held.refusal(situation, token, session);
    if (refused != null) return refused;
    Run run = Held.run(situation);
    WorkflowTask task = run.task();
    Rejection problem = check(run);
    if (problem != null) return new Decision.Rejected<>(problem);

    Draft draft = Draft.of(run, situation.now());
    long firstSeq = draft.state().lastSeq() + 1;
    draft.task(task.reported(number, firstSeq, seen, always ? null : session));
    Apply apply = new Apply(this, draft, situation);
    for (Command command : commands) apply.command(command);

    boolean keeps = false;
    if (draft.state().open()) {
      boolean unseen = draft.state().lastWake() > seen;
      keeps = !always && (!release || unseen || draft.task().admitted() > 0);
      // Without newcomers the program has now seen everything: it wrote all the rest itself.
      if (!unseen) draft.task(draft.task().seenUpTo(draft.state().lastSeq()));
      if (!keeps) draft.task(draft.task().idle(draft.now()));
    }
    List<Event> own = apply.ownEvents(firstSeq);
    Run after = new Run(draft.state(), draft.task(), run.version() + 1);
    return draft.answer(new Reported(firstSeq, own, keeps, false, after));
  }

  private Reported again(Run run) {
    boolean holds = run.task().phase() == WorkflowTask.Phase.LEASED;
    return new Reported(run.task().reportSeq(), List.of(), holds, true, run);
  }

  /** Everything that would make the whole report unacceptable; null if nothing does. */
  private @Nullable Rejection check(Run run) {
    RunState state = run.state();
    if (number != run.task().report() + 1) {
      return Rejection.invalid("number", "expected %d, got %d".formatted(run.task().report() + 1, number));
    }
    // Below 2 the program has not even been told that it started; and 0 is the mark of events from outside.
    if (seen < 2 || seen > state.lastSeq()) {
      return Rejection.invalid("seen", "expected 2 to %d, got %d".formatted(state.lastSeq(), seen));
    }
    return ReportCheck.of(state, commands);
  }

  /** Turns commands into events and effects, one after another, on one draft. */
  private static final class Apply {
    private final ReportTask report;
    private final Draft draft;
    private final Situation situation;
    private final Map<String, Effect.Update> updates;
    /** Before the report; what commands change is asked of the draft. */
    private final RunState state;
    private final Map<Integer, ActivityTask> opened = new HashMap<>(0);
    /** Mails to other workflows that are still to be posted. */
    private int mails;

    Apply(ReportTask report, Draft draft, Situation situation) {
      this.report = report;
      this.draft = draft;
      this.situation = situation;
      this.state = draft.state();
      this.updates = new LinkedHashMap<>(situation.updates());
      for (Command command : report.commands()) {
        if (command instanceof Command.StartChild || command instanceof Command.SignalExternal
            || command instanceof Command.CancelExternal) {
          mails++;
        }
      }
    }

    List<Event> ownEvents(long firstSeq) {
      return draft.events().stream().filter(e -> e.seq() >= firstSeq).toList();
    }

    private void append(RunEvent fact) {
      draft.append(fact, report.seen());
    }

    void command(Command command) {
      Instant now = draft.now();
      switch (command) {
        case Command.StartStep c -> append(new RunEvent.StepStarted(c.step(), c.name()));
        case Command.RecordStep c -> {
          // Its wait for another attempt was cut short, for example by a cancelled scope.
          if (draft.folding().openTimer(c.step())) {
            draft.effect(new Effect.Unpost(Mail.Key.timer(state.id(), c.step())));
          }
          append(switch (c.outcome()) {
            case Outcome.Success s -> new RunEvent.StepCompleted(c.step(), c.name(), s.result(), c.attempts());
            case Outcome.Failed f -> new RunEvent.StepFailed(c.step(), c.name(), f.failure(), c.attempts());
          });
        }
        case Command.RetryStep c -> {
          Instant due = draft.after(c.delay());
          append(new RunEvent.StepRetryScheduled(c.step(), c.name(), c.failure(), c.attempts(), due));
          post(Mail.Key.timer(state.id(), c.step()), due, new Mail.TimerDue(c.step()));
        }
        case Command.ScheduleActivity c -> {
          var scheduled = new RunEvent.ActivityScheduled(c.step(), c.activityType(), c.input(),
              c.options().orShareOf(state.started().options().fairness()), c.header(), c.bundle());
          append(scheduled);
          ActivityTask task = state.task(scheduled, now);
          opened.put(c.step(), task);
          draft.effect(new Effect.OpenTask(task));
        }
        case Command.CancelActivity c -> {
          ActivityTask open = opened.getOrDefault(c.step(), situation.tasks().get(new TaskId(state.id(), c.step())));
          if (open == null || !draft.folding().openActivity(c.step())) return; // it ended meanwhile
          append(new RunEvent.ActivityCancelRequested(c.step()));
          if (open.phase() == ActivityTask.Phase.WAITING) {
            draft.effect(new Effect.CloseTask(open.id(), open.epoch()));
            draft.append(new RunEvent.ActivityCancelled(c.step(), open.attempt()));
          } else {
            draft.effect(new Effect.ChangeTask(open.cancelling(), open.epoch()));
          }
        }
        case Command.StartTimer c -> {
          Instant due = draft.after(c.delay());
          append(new RunEvent.TimerScheduled(c.step(), c.delay(), due, c.bundle()));
          post(Mail.Key.timer(state.id(), c.step()), due, new Mail.TimerDue(c.step()));
        }
        case Command.CancelTimer c -> {
          if (!draft.folding().openTimer(c.step())) return; // it fired meanwhile
          append(new RunEvent.TimerCancelled(c.step()));
          draft.effect(new Effect.Unpost(Mail.Key.timer(state.id(), c.step())));
        }
        case Command.OpenWait c -> {
          append(new RunEvent.ConditionWaitOpened(c.step(), c.key(), c.fingerprint(), c.timeout()));
          if (c.timeout() == null) return;
          Instant due = draft.after(c.timeout());
          append(new RunEvent.TimerScheduled(c.step(), c.timeout(), due));
          post(Mail.Key.timer(state.id(), c.step()), due, new Mail.TimerDue(c.step()));
        }
        case Command.EndWait c -> {
          if (!draft.folding().openWait(c.step())) return; // its time was over
          append(new RunEvent.ConditionWaitSatisfied(c.step()));
          if (!draft.folding().openTimer(c.step())) return;
          append(new RunEvent.TimerCancelled(c.step()));
          draft.effect(new Effect.Unpost(Mail.Key.timer(state.id(), c.step())));
        }
        case Command.StartChild c -> {
          String childId = c.workflowId() != null ? c.workflowId() : Draft.childId(state.id(), c.step());
          StartOptions options = c.options().under(state.started().options(),
              c.queue().equals(state.started().queue()));
          append(new RunEvent.ChildWorkflowScheduled(c.step(), c.workflowType(), childId, c.queue(), c.input(),
              options, c.parentClose(), c.bundle()));
          post(Mail.Key.toChild(state.id(), c.step(), "start"), turn(), new Mail.StartChild(link(state, c.step()),
              state.namespace(), childId, c.workflowType(), c.queue(), c.input(), options, c.parentClose(),
              state.started().resetOf() != null, state.started().executionDeadline()));
        }
        case Command.SignalExternal c -> {
          append(new RunEvent.SignalExternalScheduled(c.step(), c.namespace(), c.workflowId(), c.name(), c.input(),
              c.header()));
          tell(c.step(), c.namespace(), new Mail.SignalOther(
              link(state, c.step()), c.namespace(), c.workflowId(), c.name(), c.input(), c.header()));
        }
        case Command.CancelExternal c -> {
          append(new RunEvent.CancelExternalScheduled(c.step(), c.namespace(), c.workflowId(), c.reason()));
          tell(c.step(), c.namespace(),
              new Mail.CancelOther(link(state, c.step()), c.namespace(), c.workflowId(), null, c.reason()));
        }
        case Command.RecordSideEffect c -> append(new RunEvent.SideEffectRecorded(c.step(), c.result()));
        case Command.RecordVersion c -> append(new RunEvent.VersionMarkerRecorded(c.step(), c.changeId(), c.version(),
            c.minSupported(), c.maxSupported()));
        case Command.UpsertSearchAttributes c ->
            append(new RunEvent.SearchAttributesUpserted(c.step(), c.attributes()));
        case Command.UpsertMemo c -> append(new RunEvent.MemoUpserted(c.step(), c.memo()));
        case Command.AcceptUpdate c -> {
          Effect.Update update = updates.get(c.updateId());
          if (update == null || update.phase() != Effect.UpdatePhase.ADMITTED) return;
          append(new RunEvent.UpdateAccepted(c.updateId(), update.name(), update.input(), update.header()));
          settleUpdate(c.updateId(), Effect.UpdatePhase.ACCEPTED, null);
          updates.remove(c.updateId());
          draft.task(draft.task().withAdmitted(Math.max(0, draft.task().admitted() - 1)));
        }
        case Command.RejectUpdate c -> {
          Effect.Update update = updates.get(c.updateId());
          if (update == null || update.phase() != Effect.UpdatePhase.ADMITTED) return;
          settleUpdate(c.updateId(), Effect.UpdatePhase.REJECTED, Outcome.failed(c.failure()));
          updates.remove(c.updateId());
          draft.task(draft.task().withAdmitted(Math.max(0, draft.task().admitted() - 1)));
        }
        case Command.CompleteUpdate c -> {
          if (!draft.folding().openUpdate(c.updateId())) return;
          append(new RunEvent.UpdateCompleted(c.updateId(), c.outcome()));
          settleUpdate(c.updateId(), Effect.UpdatePhase.COMPLETED, c.outcome());
        }
        case Command.ApplyUpdate c -> {
          command(new Command.AcceptUpdate(c.updateId()));
          if (!draft.folding().openUpdate(c.updateId())) return;
          if (c.outcome() instanceof Outcome.Success) append(new RunEvent.UpdateApplied(c.updateId()));
          command(new Command.CompleteUpdate(c.updateId(), c.outcome()));
        }
        case Command.CompleteRun c ->
            draft.close(new RunEvent.WorkflowCompleted(c.output(), unheard(c.unhandled()).signals()), report.seen());
        case Command.FailRun c -> fail(c);
        case Command.CancelRun c ->
            draft.close(new RunEvent.WorkflowCancelled(c.reason(), unheard(c.unhandled()).signals()), report.seen());
        case Command.ContinueAsNew c -> Continuation.asNew(draft, c,
            unheard(c.carried().stream().map(RunEvent.SignalReceived::signalId).toList()), report.seen());
      }
    }

    /** A run with a retry policy starts over in the same commit; without one, or when it is used up, it fails. */
    private void fail(Command.FailRun c) {
      Unheard unheard = unheard(c.unhandled());
      Instant retryAt = Continuation.retryAt(draft, c.failure());
      if (retryAt == null) draft.close(new RunEvent.WorkflowFailed(c.failure(), unheard.signals()), report.seen());
      else Continuation.retry(draft, retryAt, c.failure(), unheard, report.seen());
    }

    /** @param untaken ids of signals that the program looked at and no handler took */
    private Unheard unheard(List<String> untaken) {
      return new Unheard(situation.events(), report.seen(), untaken);
    }

    private void settleUpdate(String id, Effect.UpdatePhase phase, @Nullable Outcome outcome) {
      draft.effect(new Effect.SettleUpdate(state.id(), id, phase, outcome));
    }

    private void post(Mail.Key key, Instant due, Mail.Message message) {
      draft.post(key, due, message);
    }

    /** Says something to another workflow. No namespace is reached from another by a program alone. */
    private void tell(int step, String namespace, Mail.Message message) {
      if (namespace.equals(state.namespace())) {
        post(Mail.Key.external(state.id(), step), turn(), message);
      } else {
        draft.append(new RunEvent.ExternalFailed(step, Failure.of(Failure.FORBIDDEN,
            "expected a workflow of namespace '%s', got one of '%s'".formatted(state.namespace(), namespace))));
      }
    }

    /**
     * When the next mail to another workflow is due: at once, but behind the one before, because mails are delivered in
     * the order of their dues and what a program says first should be heard first. Never in the future: under a clock
     * that a test owns that would be never.
     */
    private Instant turn() {
      return draft.now().minusNanos(1_000L * --mails);
    }

    private static ParentLink link(RunState state, int step) {
      return new ParentLink(state.namespace(), state.workflowId(), state.id(), step);
    }
  }
}
