package dev.pawl.testkit;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A history as people read it: one line per event, with the time since the first one. */
final class HistoryText {
  private static final int WIDEST = 100;

  private HistoryText() {}

  static String of(List<Event> history) {
    if (history.isEmpty()) return "  (no events)\n";
    Instant start = history.get(0).at();
    StringBuilder text = new StringBuilder();
    for (Event event : history) {
      text.append("  %4d  %-14s %-24s %s".formatted(event.seq(), "+" + shown(Duration.between(start, event.at())),
          event.fact().type(), detail(event.fact())).stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** A duration as people write it: {@code 2d3h}, {@code 1.5s}. */
  static String shown(Duration time) {
    if (time.isZero()) return "0s";
    StringBuilder text = new StringBuilder();
    if (time.toDays() > 0) text.append(time.toDays()).append('d');
    if (time.toHoursPart() > 0) text.append(time.toHoursPart()).append('h');
    if (time.toMinutesPart() > 0) text.append(time.toMinutesPart()).append('m');
    if (time.toSecondsPart() > 0 || time.toMillisPart() > 0) {
      text.append(time.toSecondsPart());
      if (time.toMillisPart() > 0) text.append(".%03d".formatted(time.toMillisPart()).replaceAll("0+$", ""));
      text.append('s');
    }
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static String detail(RunEvent fact) {
    return switch (fact) {
      case RunEvent.StartAccepted e -> e.requestId() == null ? "" : "request " + e.requestId();
      case RunEvent.WorkflowStarted e -> e.workflowType() + " " + shown(e.input());
      case RunEvent.CancelRequested e -> e.reason();
      case RunEvent.WorkflowPaused e -> e.reason();
      case RunEvent.WorkflowResumed e -> e.reason();
      case RunEvent.WorkflowCompleted e -> shown(e.output());
      case RunEvent.WorkflowFailed e -> shown(e.failure());
      case RunEvent.WorkflowCancelled e -> e.reason();
      case RunEvent.WorkflowTerminated e -> e.reason();
      case RunEvent.WorkflowTimedOut e -> e.kind();
      case RunEvent.WorkflowContinuedAsNew e -> "as run " + e.newRun();
      case RunEvent.WorkflowReset e -> "to event %d in run %s: %s".formatted(e.toSeq(), e.newRun(), e.reason());
      case RunEvent.StepStarted e -> step(e) + e.name();
      case RunEvent.StepCompleted e -> step(e) + e.name() + " -> " + shown(e.result()) + attempts(e.attempts());
      case RunEvent.StepFailed e -> step(e) + e.name() + " -> " + shown(e.failure()) + attempts(e.attempts());
      case RunEvent.StepRetryScheduled e ->
          step(e) + e.name() + ": attempt " + e.attempts() + " " + shown(e.failure()) + ", again at " + e.fireAt();
      case RunEvent.ActivityScheduled e -> step(e) + e.activityType() + " " + shown(e.input());
      case RunEvent.ActivityRetryScheduled e ->
          step(e) + "attempt " + e.attempt() + " " + shown(e.failure()) + ", again at " + e.dueAt();
      case RunEvent.ActivityCompleted e -> step(e) + "-> " + shown(e.result()) + attempts(e.attempt());
      case RunEvent.ActivityFailed e -> step(e) + "-> " + shown(e.failure()) + attempts(e.attempt());
      case RunEvent.ActivityTimedOut e -> step(e) + e.kind() + attempts(e.attempt());
      case RunEvent.TimerScheduled e -> step(e) + "for " + shown(e.delay());
      case RunEvent.ConditionWaitOpened e -> step(e) + (e.key() == null ? "a condition" : e.key())
          + (e.timeout() == null ? "" : " for " + shown(e.timeout()));
      case RunEvent.ConditionWaitSatisfied e -> step(e).strip();
      case RunEvent.UpdateApplied e -> e.updateId();
      case RunEvent.SignalReceived e -> e.name() + " " + shown(e.input());
      case RunEvent.UpdateAccepted e -> e.name() + " " + shown(e.input());
      case RunEvent.UpdateCompleted e -> switch (e.outcome()) {
        case Outcome.Success success -> "-> " + shown(success.result());
        case Outcome.Failed failed -> "-> " + shown(failed.failure());
      };
      case RunEvent.ChildWorkflowScheduled e ->
          step(e) + e.workflowType() + " '" + e.workflowId() + "' " + shown(e.input());
      case RunEvent.ChildRunStarted e -> step(e) + "run " + e.childRun();
      case RunEvent.ChildRunCompleted e -> step(e) + "-> " + shown(e.result());
      case RunEvent.ChildRunFailed e -> step(e) + "-> " + shown(e.failure());
      case RunEvent.ChildRunCancelled e -> step(e) + e.reason();
      case RunEvent.ChildRunTerminated e -> step(e) + e.reason();
      case RunEvent.SignalExternalScheduled e -> step(e) + e.name() + " to '" + e.workflowId() + "'";
      case RunEvent.CancelExternalScheduled e -> step(e) + "'" + e.workflowId() + "': " + e.reason();
      case RunEvent.ExternalFailed e -> step(e) + shown(e.failure());
      case RunEvent.SideEffectRecorded e -> step(e) + shown(e.result());
      case RunEvent.VersionMarkerRecorded e -> step(e) + e.changeId() + " = " + e.version();
      case RunEvent.SearchAttributesUpserted e -> step(e) + e.attributes();
      case RunEvent.MemoUpserted e -> step(e) + e.memo().keySet();
      case RunEvent.OfStep e -> step(e);
    };
  }

  private static String step(RunEvent.OfStep event) {
    return "#" + event.step() + " ";
  }

  private static String attempts(int count) {
    return count > 1 ? " (attempt " + count + ")" : "";
  }

  private static String shown(@Nullable Payload payload) {
    if (payload == null) return "";
    String text = payload.codec().equals(Payload.JSON) ? payload.text() : payload.toString();
    return text.length() > WIDEST ? text.substring(0, WIDEST) + "..." : text;
  }

  private static String shown(Failure failure) {
    String text = failure.type() + ": " + failure.message();
    return text.lines().findFirst().orElse(text);
  }
}
