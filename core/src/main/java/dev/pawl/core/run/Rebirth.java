package dev.pawl.core.run;

import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The new run that a reset brings about: a copy of the beginning of a history, put on its feet again.
 *
 * <p>Copied events keep their numbers and times, because a program reads the time from them. Then, in this order:
 * activities that are open in the copy are scheduled again, as fresh tasks with attempt 1; open timers are posted for
 * their old instants; deadlines count from now. Children and calls to other workflows stay what they are, because their
 * answers are routed by chain and step: an answer that the old run had got already is given to the new one. Signals and
 * updates that came after the copied part are delivered again, in order. Cancel requests are not: a reset revives.
 */
final class Rebirth {
  private Rebirth() {}

  /**
   * Whether a history may be cut behind {@code toSeq}: at 2, or behind the last event of a worker's report. The events
   * of one report share their time and what the program had seen; an outside event that a report brought about stands
   * between them with the same time.
   */
  static @Nullable Rejection check(List<Event> history, long toSeq) {
    long last = history.size();
    if (toSeq < 2 || toSeq > last) {
      return Rejection.invalid("toSeq", "expected 2 to %d, got %d".formatted(last, toSeq));
    }
    Event cut = history.get((int) toSeq - 1);
    if (cut.fact() instanceof RunEvent.Closing) {
      return Rejection.invalid("toSeq", "expected an event before the end of the run, but %d is %s"
          .formatted(toSeq, cut.fact().type()));
    }
    if (toSeq == 2) return null;
    if (cut.seen() == 0) {
      return Rejection.invalid("toSeq",
          "expected 2 or the last event of a worker's report, but %d (%s) came from outside"
              .formatted(toSeq, cut.fact().type()));
    }
    for (int i = (int) toSeq; i < last && history.get(i).at().equals(cut.at()); i++) {
      Event next = history.get(i);
      if (next.seen() == cut.seen()) {
        return Rejection.invalid("toSeq",
            "expected 2 or the last event of a worker's report, but the report of %d goes on to %d (%s)"
                .formatted(toSeq, next.seq(), next.fact().type()));
      }
    }
    return null;
  }

  static Draft of(Run old, List<Event> history, long toSeq, RunId id, int number, Instant now) {
    List<Event> copy = new ArrayList<>(history.subList(0, (int) toSeq));
    Event second = copy.get(1);
    RunEvent.WorkflowStarted was = (RunEvent.WorkflowStarted) second.fact();
    copy.set(1, new Event(2, second.at(), 0, new RunEvent.WorkflowStarted(was.workflowType(), was.queue(), was.input(),
        was.options(), number, was.attempt(), was.firstRun(), old.id(), was.parent(),
        StartRun.deadline(now, was.options().executionTimeout()), StartRun.deadline(now, was.options().runTimeout()),
        old.id(), was.schedule())));
    RunState state = old.state();
    Draft draft = Draft.copy(id, state.namespace(), state.workflowId(), copy, now);
    openTasks(draft, copy);
    draft.state().timers().forEach((step, due) -> draft.post(Mail.Key.timer(id, step), due, new Mail.TimerDue(step)));
    copyUpdates(draft, copy);
    for (Event later : history.subList((int) toSeq, history.size())) sayAgain(draft, later);
    return draft;
  }

  private static void openTasks(Draft draft, List<Event> copy) {
    RunState state = draft.state();
    Set<Integer> cancelled = new HashSet<>();
    for (Event event : copy) {
      if (event.fact() instanceof RunEvent.ActivityCancelRequested e) cancelled.add(e.step());
    }
    for (Event event : copy) {
      if (!(event.fact() instanceof RunEvent.ActivityScheduled e)) continue;
      if (!state.activities().containsKey(e.step())) continue;
      if (cancelled.contains(e.step())) {
        draft.append(new RunEvent.ActivityCancelled(e.step(), 1));
      } else {
        draft.effect(new Effect.OpenTask(
            state.task(e, draft.now())));
      }
    }
  }

  /** Rows of the accepted updates, so that their ids stay taken and their outcomes readable. */
  private static void copyUpdates(Draft draft, List<Event> copy) {
    Map<String, Effect.Update> updates = new LinkedHashMap<>();
    for (Event event : copy) {
      if (event.fact() instanceof RunEvent.UpdateAccepted e) {
        updates.put(e.updateId(), new Effect.Update(draft.state().id(), e.updateId(), e.name(), e.input(), e.header(),
            Effect.UpdatePhase.ACCEPTED, null));
      } else if (event.fact() instanceof RunEvent.UpdateCompleted e) {
        Outcome outcome = e.outcome();
        updates.computeIfPresent(e.updateId(), (key, u) -> new Effect.Update(
            u.run(), key, u.name(), u.input(), u.header(), Effect.UpdatePhase.COMPLETED, outcome));
      }
    }
    updates.values().forEach(update -> draft.effect(new Effect.AdmitUpdate(update)));
  }

  private static void sayAgain(Draft draft, Event later) {
    RunState state = draft.state();
    switch (later.fact()) {
      case RunEvent.SignalReceived e -> draft.append(e);
      case RunEvent.UpdateAccepted e -> {
        draft.effect(new Effect.AdmitUpdate(new Effect.Update(state.id(), e.updateId(), e.name(), e.input(),
            e.header(), Effect.UpdatePhase.ADMITTED, null)));
        draft.task(draft.task().withAdmitted(draft.task().admitted() + 1));
      }
      case RunEvent.ChildRunStarted e -> again(draft, e, state.children().containsKey(e.step()));
      case RunEvent.ChildRunCompleted e -> again(draft, e, state.children().containsKey(e.step()));
      case RunEvent.ChildRunFailed e -> again(draft, e, state.children().containsKey(e.step()));
      case RunEvent.ChildRunCancelled e -> again(draft, e, state.children().containsKey(e.step()));
      case RunEvent.ChildRunTerminated e -> again(draft, e, state.children().containsKey(e.step()));
      case RunEvent.ExternalDelivered e -> again(draft, e, state.externals().containsKey(e.step()));
      case RunEvent.ExternalFailed e -> again(draft, e, state.externals().containsKey(e.step()));
      default -> {}
    }
  }

  private static void again(Draft draft, RunEvent answer, boolean awaited) {
    if (awaited) draft.append(answer);
  }
}
