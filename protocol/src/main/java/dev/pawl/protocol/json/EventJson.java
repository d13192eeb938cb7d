package dev.pawl.protocol.json;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.ParentLink;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.ScheduleLink;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events of a history as JSON. The type ({@link RunEvent#type()}) is kept beside the text, in a column of its own; number,
 * time and {@code seen} too.
 */
public final class EventJson {
  private EventJson() {}

  public static String write(RunEvent fact) {
    JsonText out = JsonText.take();
    write(out, fact);
    return out.done();
  }

  /**
   * @param type as {@link RunEvent#type()} gave it
   * @throws CorruptHistory if {@link #write} never wrote this, or if a newer build did and this one does not know the type
   */
  public static RunEvent read(String type, String json) {
    return Reading.whole("event " + type, json, in -> read(type, Members.read(in)));
  }

  static void write(JsonText out, RunEvent fact) {
    out.open();
    if (fact instanceof RunEvent.OfStep ofStep) out.number("step", ofStep.step());
    switch (fact) {
      case RunEvent.StartAccepted e -> out.text("requestId", e.requestId());
      case RunEvent.WorkflowStarted e -> started(out, e);
      case RunEvent.CancelRequested e -> {
        out.text("reason", e.reason());
        out.text("requestId", e.requestId());
      }
      case RunEvent.WorkflowPaused e -> out.text("reason", e.reason());
      case RunEvent.WorkflowResumed e -> out.text("reason", e.reason());
      case RunEvent.WorkflowCompleted e -> {
        PayloadJson.write(out, "output", e.output());
        out.texts("unhandled", e.unhandled());
      }
      case RunEvent.WorkflowFailed e -> {
        FailureJson.write(out, "failure", e.failure());
        out.texts("unhandled", e.unhandled());
      }
      case RunEvent.WorkflowCancelled e -> {
        out.text("reason", e.reason());
        out.texts("unhandled", e.unhandled());
      }
      case RunEvent.WorkflowTerminated e -> {
        out.text("reason", e.reason());
        out.texts("unhandled", e.unhandled());
      }
      case RunEvent.WorkflowTimedOut e -> {
        out.text("kind", e.kind());
        out.texts("unhandled", e.unhandled());
      }
      case RunEvent.WorkflowContinuedAsNew e -> {
        run(out, "newRun", e.newRun());
        out.texts("unhandled", e.unhandled());
      }
      case RunEvent.WorkflowReset e -> {
        run(out, "newRun", e.newRun());
        out.number("toSeq", e.toSeq());
        out.text("reason", e.reason());
        out.texts("unhandled", e.unhandled());
      }
      case RunEvent.StepStarted e -> out.text("name", e.name());
      case RunEvent.StepCompleted e -> {
        out.text("name", e.name());
        PayloadJson.write(out, "result", e.result());
        attempts(out, e.attempts());
      }
      case RunEvent.StepFailed e -> {
        out.text("name", e.name());
        FailureJson.write(out, "failure", e.failure());
        attempts(out, e.attempts());
      }
      case RunEvent.StepRetryScheduled e -> {
        out.text("name", e.name());
        FailureJson.write(out, "failure", e.failure());
        attempts(out, e.attempts());
        out.instant("fireAt", e.fireAt());
      }
      case RunEvent.ActivityScheduled e -> {
        out.text("activityType", e.activityType());
        PayloadJson.write(out, "input", e.input());
        OptionsJson.write(out, e.options());
        PayloadJson.write(out, "header", e.header());
        BundleJson.write(out, e.bundle());
      }
      case RunEvent.ActivityRetryScheduled e -> {
        attempt(out, e.attempt());
        FailureJson.write(out, "failure", e.failure());
        out.instant("dueAt", e.dueAt());
      }
      case RunEvent.ActivityCancelRequested e -> {}
      case RunEvent.ActivityCompleted e -> {
        PayloadJson.write(out, "result", e.result());
        attempt(out, e.attempt());
      }
      case RunEvent.ActivityFailed e -> {
        FailureJson.write(out, "failure", e.failure());
        attempt(out, e.attempt());
      }
      case RunEvent.ActivityTimedOut e -> {
        out.text("kind", e.kind());
        attempt(out, e.attempt());
        PayloadJson.write(out, "lastHeartbeat", e.lastHeartbeat());
      }
      case RunEvent.ActivityCancelled e -> attempt(out, e.attempt());
      case RunEvent.TimerScheduled e -> {
        out.duration("delay", e.delay());
        out.instant("fireAt", e.fireAt());
        BundleJson.write(out, e.bundle());
      }
      case RunEvent.TimerFired e -> {}
      case RunEvent.TimerCancelled e -> {}
      case RunEvent.ConditionWaitOpened e -> {
        out.text("key", e.key());
        out.text("fingerprint", e.fingerprint());
        out.duration("timeout", e.timeout());
      }
      case RunEvent.ConditionWaitSatisfied e -> {}
      case RunEvent.SignalReceived e -> signal(out, e);
      case RunEvent.UpdateAccepted e -> {
        out.text("updateId", e.updateId());
        message(out, e.name(), e.input(), e.header());
      }
      case RunEvent.UpdateApplied e -> out.text("updateId", e.updateId());
      case RunEvent.UpdateCompleted e -> {
        out.text("updateId", e.updateId());
        OutcomeJson.write(out, "outcome", e.outcome());
      }
      case RunEvent.ChildWorkflowScheduled e -> {
        out.text("workflowType", e.workflowType());
        out.text("workflowId", e.workflowId());
        out.text("queue", e.queue());
        PayloadJson.write(out, "input", e.input());
        OptionsJson.write(out, e.options());
        out.text("parentClose", e.parentClose().name());
        BundleJson.write(out, e.bundle());
      }
      case RunEvent.ChildRunStarted e -> run(out, "childRun", e.childRun());
      case RunEvent.ChildRunCompleted e -> {
        run(out, "childRun", e.childRun());
        PayloadJson.write(out, "result", e.result());
      }
      case RunEvent.ChildRunFailed e -> {
        run(out, "childRun", e.childRun());
        FailureJson.write(out, "failure", e.failure());
      }
      case RunEvent.ChildRunCancelled e -> {
        run(out, "childRun", e.childRun());
        out.text("reason", e.reason());
      }
      case RunEvent.ChildRunTerminated e -> {
        run(out, "childRun", e.childRun());
        out.text("reason", e.reason());
      }
      case RunEvent.SignalExternalScheduled e -> {
        out.text("namespace", e.namespace());
        out.text("workflowId", e.workflowId());
        message(out, e.name(), e.input(), e.header());
      }
      case RunEvent.CancelExternalScheduled e -> {
        out.text("namespace", e.namespace());
        out.text("workflowId", e.workflowId());
        out.text("reason", e.reason());
      }
      case RunEvent.ExternalDelivered e -> {}
      case RunEvent.ExternalFailed e -> FailureJson.write(out, "failure", e.failure());
      case RunEvent.SideEffectRecorded e -> PayloadJson.write(out, "result", e.result());
      case RunEvent.VersionMarkerRecorded e -> {
        out.text("changeId", e.changeId());
        out.number("version", e.version());
        out.number("minSupported", e.minSupported());
        out.number("maxSupported", e.maxSupported());
      }
      case RunEvent.SearchAttributesUpserted e -> SearchJson.write(out, "searchAttributes", e.attributes());
      case RunEvent.MemoUpserted e -> PayloadJson.write(out, "memo", e.memo());
    }
    out.close();
  }

  static RunEvent read(String type, Members m) {
    return switch (type) {
      case "StartAccepted" -> new RunEvent.StartAccepted(m.textOrNull("requestId"));
      case "WorkflowStarted" -> started(m);
      case "CancelRequested" -> new RunEvent.CancelRequested(m.text("reason"), m.textOrNull("requestId"));
      case "WorkflowPaused" -> new RunEvent.WorkflowPaused(m.text("reason"));
      case "WorkflowResumed" -> new RunEvent.WorkflowResumed(m.text("reason"));
      case "WorkflowCompleted" -> new RunEvent.WorkflowCompleted(m.payload("output"), m.texts("unhandled"));
      case "WorkflowFailed" -> new RunEvent.WorkflowFailed(m.failure(), m.texts("unhandled"));
      case "WorkflowCancelled" -> new RunEvent.WorkflowCancelled(m.text("reason"), m.texts("unhandled"));
      case "WorkflowTerminated" -> new RunEvent.WorkflowTerminated(m.text("reason"), m.texts("unhandled"));
      case "WorkflowTimedOut" -> new RunEvent.WorkflowTimedOut(m.text("kind"), m.texts("unhandled"));
      case "WorkflowContinuedAsNew" -> new RunEvent.WorkflowContinuedAsNew(m.run("newRun"), m.texts("unhandled"));
      case "WorkflowReset" -> new RunEvent.WorkflowReset(
          m.run("newRun"), m.number("toSeq"), m.text("reason"), m.texts("unhandled"));
      case "StepStarted" -> new RunEvent.StepStarted(m.integer("step"), m.text("name"));
      case "StepCompleted" -> new RunEvent.StepCompleted(
          m.integer("step"), m.text("name"), m.payload("result"), m.integer("attempts", 1));
      case "StepFailed" -> new RunEvent.StepFailed(
          m.integer("step"), m.text("name"), m.failure(), m.integer("attempts", 1));
      case "StepRetryScheduled" -> new RunEvent.StepRetryScheduled(
          m.integer("step"), m.text("name"), m.failure(), m.integer("attempts", 1), m.instant("fireAt"));
      case "ActivityScheduled" -> new RunEvent.ActivityScheduled(m.integer("step"), m.text("activityType"),
          m.payload("input"), OptionsJson.activity(m), m.payloads("header"), BundleJson.read(m));
      case "ActivityRetryScheduled" -> new RunEvent.ActivityRetryScheduled(
          m.integer("step"), m.integer("attempt", 1), m.failure(), m.instant("dueAt"));
      case "ActivityCancelRequested" -> new RunEvent.ActivityCancelRequested(m.integer("step"));
      case "ActivityCompleted" -> new RunEvent.ActivityCompleted(
          m.integer("step"), m.payload("result"), m.integer("attempt", 1));
      case "ActivityFailed" -> new RunEvent.ActivityFailed(m.integer("step"), m.failure(), m.integer("attempt", 1));
      case "ActivityTimedOut" -> new RunEvent.ActivityTimedOut(
          m.integer("step"), m.text("kind"), m.integer("attempt", 1), m.payload("lastHeartbeat"));
      case "ActivityCancelled" -> new RunEvent.ActivityCancelled(m.integer("step"), m.integer("attempt", 1));
      case "TimerScheduled" -> new RunEvent.TimerScheduled(
          m.integer("step"), m.duration("delay"), m.instant("fireAt"), BundleJson.read(m));
      case "TimerFired" -> new RunEvent.TimerFired(m.integer("step"));
      case "TimerCancelled" -> new RunEvent.TimerCancelled(m.integer("step"));
      case "ConditionWaitOpened" -> new RunEvent.ConditionWaitOpened(
          m.integer("step"), m.textOrNull("key"), m.textOrNull("fingerprint"), m.durationOrNull("timeout"));
      case "ConditionWaitSatisfied" -> new RunEvent.ConditionWaitSatisfied(m.integer("step"));
      case "SignalReceived" -> signal(m);
      case "UpdateAccepted" -> new RunEvent.UpdateAccepted(
          m.text("updateId"), m.text("name"), m.payload("input"), m.payloads("header"));
      case "UpdateApplied" -> new RunEvent.UpdateApplied(m.text("updateId"));
      case "UpdateCompleted" -> new RunEvent.UpdateCompleted(m.text("updateId"), m.outcome());
      case "ChildWorkflowScheduled" -> new RunEvent.ChildWorkflowScheduled(m.integer("step"), m.text("workflowType"),
          m.text("workflowId"), m.text("queue"), m.payload("input"), OptionsJson.start(m),
          m.oneOf(ParentClosePolicy.class, "parentClose"), BundleJson.read(m));
      case "ChildRunStarted" -> new RunEvent.ChildRunStarted(m.integer("step"), m.run("childRun"));
      case "ChildRunCompleted" -> new RunEvent.ChildRunCompleted(
          m.integer("step"), m.run("childRun"), m.payload("result"));
      case "ChildRunFailed" -> new RunEvent.ChildRunFailed(m.integer("step"), m.runOrNull("childRun"), m.failure());
      case "ChildRunCancelled" -> new RunEvent.ChildRunCancelled(
          m.integer("step"), m.run("childRun"), m.text("reason"));
      case "ChildRunTerminated" -> new RunEvent.ChildRunTerminated(
          m.integer("step"), m.run("childRun"), m.text("reason"));
      case "SignalExternalScheduled" -> new RunEvent.SignalExternalScheduled(m.integer("step"), m.text("namespace"),
          m.text("workflowId"), m.text("name"), m.payload("input"), m.payloads("header"));
      case "CancelExternalScheduled" -> new RunEvent.CancelExternalScheduled(
          m.integer("step"), m.text("namespace"), m.text("workflowId"), m.text("reason"));
      case "ExternalDelivered" -> new RunEvent.ExternalDelivered(m.integer("step"));
      case "ExternalFailed" -> new RunEvent.ExternalFailed(m.integer("step"), m.failure());
      case "SideEffectRecorded" -> new RunEvent.SideEffectRecorded(m.integer("step"), m.payload("result"));
      case "VersionMarkerRecorded" -> new RunEvent.VersionMarkerRecorded(m.integer("step"), m.text("changeId"),
          m.integer("version"), m.integer("minSupported"), m.integer("maxSupported"));
      case "SearchAttributesUpserted" -> new RunEvent.SearchAttributesUpserted(
          m.integer("step"), m.searchAttributes());
      case "MemoUpserted" -> new RunEvent.MemoUpserted(m.integer("step"), m.payloads("memo"));
      default -> throw new BadJson("this build knows no event of that type; was it written by a newer one?");
    };
  }

  // ---- parts that stand in other objects too

  static void started(JsonText out, RunEvent.WorkflowStarted e) {
    out.text("workflowType", e.workflowType());
    out.text("queue", e.queue());
    PayloadJson.write(out, "input", e.input());
    OptionsJson.write(out, e.options());
    out.number("runNumber", e.runNumber());
    out.number("attempt", e.attempt());
    run(out, "firstRun", e.firstRun());
    run(out, "continuedFrom", e.continuedFrom());
    parent(out, "parent", e.parent());
    out.instant("executionDeadline", e.executionDeadline());
    out.instant("runDeadline", e.runDeadline());
    run(out, "resetOf", e.resetOf());
    schedule(out, e.schedule());
  }

  static RunEvent.WorkflowStarted started(Members m) {
    return new RunEvent.WorkflowStarted(m.text("workflowType"), m.text("queue"), m.payload("input"),
        OptionsJson.start(m), m.integer("runNumber"), m.integer("attempt", 1), m.run("firstRun"),
        m.runOrNull("continuedFrom"), m.parentOrNull("parent"), m.instantOrNull("executionDeadline"),
        m.instantOrNull("runDeadline"), m.runOrNull("resetOf"), m.scheduleOrNull());
  }

  static void signal(JsonText out, RunEvent.SignalReceived e) {
    out.text("signalId", e.signalId());
    message(out, e.name(), e.input(), e.header());
  }

  static RunEvent.SignalReceived signal(Members m) {
    return new RunEvent.SignalReceived(
        m.text("signalId"), m.text("name"), m.payload("input"), m.payloads("header"));
  }

  static void message(JsonText out, String name, @Nullable Payload input,
      Map<String, Payload> header) {
    out.text("name", name);
    PayloadJson.write(out, "input", input);
    PayloadJson.write(out, "header", header);
  }

  static void run(JsonText out, String name, @Nullable RunId run) {
    if (run != null) out.uuid(name, run.value());
  }

  static void parent(JsonText out, String name, @Nullable ParentLink link) {
    if (link == null) return;
    out.name(name).open();
    out.text("namespace", link.namespace());
    out.text("workflowId", link.workflowId());
    run(out, "run", link.runId());
    out.number("step", link.step());
    out.close();
  }

  static void schedule(JsonText out, @Nullable ScheduleLink link) {
    if (link == null) return;
    out.name("schedule").open();
    out.text("namespace", link.namespace());
    out.text("scheduleId", link.scheduleId());
    out.close();
  }

  private static void attempts(JsonText out, int attempts) {
    if (attempts != 1) out.number("attempts", attempts);
  }

  private static void attempt(JsonText out, int attempt) {
    if (attempt != 1) out.number("attempt", attempt);
  }
}
