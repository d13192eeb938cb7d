package dev.pawl.testbed.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a history may look like. */
final class Histories {
  private static final List<String> STATUS_OF = List.of("WorkflowCompleted", "COMPLETED", "WorkflowFailed", "FAILED",
      "WorkflowCancelled", "CANCELLED", "WorkflowTerminated", "TERMINATED", "WorkflowTimedOut", "TIMED_OUT",
      "WorkflowContinuedAsNew", "CONTINUED", "WorkflowReset", "RESET");

  private Histories() {}

  static final Invariant NUMBERED = Invariant.ofHistory("I5", "events are numbered 1..n, their times do not go back",
      (history, report) -> {
        List<HistoryEvent> events = history.events();
        long lastAt = Long.MIN_VALUE;
        long lastSeen = 0;
        for (int i = 0; i < events.size(); i++) {
          HistoryEvent event = events.get(i);
          if (event.seq() != i + 1) {
            report.violation(history.subject(), "expected event %d, found %s", i + 1, event);
            return;
          }
          if (event.at() < lastAt) report.violation(history.subject(), "%s is older than the one before it", event);
          if (event.seen() >= event.seq()) {
            report.violation(history.subject(), "%s had seen event %d, which comes later", event, event.seen());
          }
          if (event.seen() > 0 && event.seen() < lastSeen) {
            report.violation(history.subject(), "%s had seen less (%d) than the worker before it (%d)", event,
                event.seen(), lastSeen);
          }
          lastAt = event.at();
          lastSeen = Math.max(lastSeen, event.seen());
        }
        if (history.run().number("last_seq") != events.size()) {
          report.violation(history.subject(), "its row says %d events, there are %d",
              history.run().number("last_seq"), events.size());
        }
        if (events.size() < 2 || !events.get(0).is("StartAccepted") || !events.get(1).is("WorkflowStarted")) {
          report.violation(history.subject(), "expected StartAccepted and WorkflowStarted first, got %s",
              events.subList(0, Math.min(2, events.size())));
        }
      });

  static final Invariant WHOLE = Invariant.ofHistory("I6", "a decision stands in one piece, a step is asked for once",
      (history, report) -> {
        var commits = new HashSet<Long>();
        long last = Long.MIN_VALUE;
        for (HistoryEvent event : history.events()) {
          if (event.commit() == last) continue;
          if (!commits.add(event.commit())) {
            report.violation(history.subject(), "commit %d goes on at %s, after others", event.commit(), event);
          }
          last = event.commit();
        }
        var asked = new HashMap<Integer, HistoryEvent>();
        for (HistoryEvent event : history.events()) {
          if (!event.is("ActivityScheduled", "TimerScheduled", "ChildWorkflowScheduled", "SignalExternalScheduled",
              "CancelExternalScheduled", "SideEffectRecorded", "VersionMarkerRecorded", "SearchAttributesUpserted",
              "MemoUpserted", "StepStarted", "StepCompleted", "StepFailed", "StepRetryScheduled")) {
            continue;
          }
          HistoryEvent before = asked.put(event.step(), event);
          if (before == null) continue;
          // A step may begin, wait for its next attempt and end; everything else is asked for once.
          boolean sameStep = before.type().startsWith("Step") && event.type().startsWith("Step")
              && !before.is("StepCompleted", "StepFailed")
              && Objects.equals(before.text("name"), event.text("name"));
          if (!sameStep) {
            report.violation(history.subject(), "step %d is asked for by %s and again by %s", event.step(), before, event);
          }
        }
      });

  static final Invariant ONE_END = Invariant.ofHistory("I8", "one end, at the end, and the status says the same",
      (history, report) -> {
        List<HistoryEvent> closing = history.events().stream().filter(HistoryEvent::closing).toList();
        String status = history.run().text("status");
        if (history.open()) {
          if (!closing.isEmpty()) report.violation(history.subject(), "it is open and ended with %s", closing);
          if (history.run().has("closed_at")) report.violation(history.subject(), "it is open and has a time of its end");
          if (history.run().text("phase").equals("NONE")) {
            report.violation(history.subject(), "it is open and has no workflow task");
          }
          return;
        }
        if (closing.size() != 1 || history.closing() == null) {
          report.violation(history.subject(), "expected one closing event, the last, for status %s; found %s", status,
              closing);
          return;
        }
        HistoryEvent end = closing.getFirst();
        String expected = STATUS_OF.get(STATUS_OF.indexOf(end.type()) + 1);
        if (!expected.equals(status)) report.violation(history.subject(), "%s, but its status is %s", end, status);
        if (!history.run().has("closed_at") || history.run().number("closed_at") != end.at()) {
          report.violation(history.subject(), "%s is not of the time of its end", end);
        }
        if (!history.run().text("phase").equals("NONE")) {
          report.violation(history.subject(), "it has ended and its workflow task is %s", history.run().text("phase"));
        }
      });

  static final Invariant TIMERS = Invariant.ofHistory("I11", "a timer fires once at most, never early, never when cancelled",
      (history, report) -> {
        Map<Integer, HistoryEvent> set = new HashMap<>();
        for (HistoryEvent event : history.events()) {
          switch (event.type()) {
            case "TimerScheduled", "StepRetryScheduled" -> set.put(event.step(), event);
            case "TimerCancelled" -> {
              if (set.remove(event.step()) == null) {
                report.violation(history.subject(), "%s, but timer %d is not set", event, event.step());
              }
            }
            case "TimerFired" -> {
              HistoryEvent timer = set.remove(event.step());
              if (timer == null) {
                report.violation(history.subject(), "%s, but timer %d is not set", event, event.step());
              } else if (event.at() < timer.number("fireAt")) {
                report.violation(history.subject(), "%s, %d us before timer %d is due", event,
                    timer.number("fireAt") - event.at(), event.step());
              }
            }
            default -> {}
          }
        }
      });
}
