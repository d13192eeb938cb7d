package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.scene.WireWorker;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.time.OffsetDateTime;
import java.util.List;

/** What events carry: section 10. Events of commands and failures have their cases with those. */
final class EventCases {
  private EventCases() {}

  static void add(Suite suite) {
    shape(suite.section("10", "History events"));
    starts(suite.section("10", "History events"));
    activities(suite.section("10", "History events"));
    timers(suite.section("10", "History events"));
    messages(suite.section("10", "History events"));
    recorded(suite.section("10", "History events"));
    children(suite.section("10", "History events"));
  }

  /** A run with an event of most kinds. */
  private static Flow busy(Scene s) {
    Flow flow = s.start();
    WireWorker worker = s.worker();
    worker.runs(Wants.sideEffect(1L), Wants.version("c", 1), Wants.activity());
    worker.completeActivity(worker.activity(), Wants.envelope(1L));
    worker.runs(Wants.timer(0));
    worker.runs(Wants.condition());
    flow.signal("poke");
    worker.runs(Wants.complete(1L));
    return flow;
  }

  private static void shape(Suite.Section section) {
    section.check("gapless", "events are numbered from 1 without a gap", s -> {
      List<Doc> events = busy(s).history().list("events");
      for (int i = 0; i < events.size(); i++) events.get(i).where("sequence", i + 1);
    });
    section.check("times", "events are in the order of their times", s -> {
      OffsetDateTime before = OffsetDateTime.MIN;
      for (Doc event : busy(s).history().list("events")) {
        OffsetDateTime at = OffsetDateTime.parse(event.text("timestamp"));
        Unmet.unless(!at.isBefore(before), "%s is before %s", at, before);
        before = at;
      }
    });
    section.check("append-only", "what was recorded stays as it is", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      List<Doc> before = flow.history().list("events");
      worker.completeActivity(worker.activity(), Wants.envelope(1L));
      worker.runs(Wants.complete(1L));
      List<Doc> after = flow.history().list("events");
      for (int i = 0; i < before.size(); i++) {
        Unmet.unless(Json.text(before.get(i).value()).equals(Json.text(after.get(i).value())), "event %d was %s, is %s",
            i + 1, before.get(i), after.get(i));
      }
    });
    section.check("task-events", "a task shows the events of the history", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.sideEffect(1L), Wants.timer(0));
      Doc task = worker.task();
      Unmet.unless(task.each("history_events", "payload").equals(flow.history().each("events", "payload")),
          "their payloads differ");
    });
    section.check("one-resolution", "a step has one result", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity("retry_policy", Json.of("max_attempts", 3, "backoff_seconds", List.of(0))));
      worker.failActivity(worker.activity(), "message", "x", "type", "T");
      worker.failActivity(worker.activity(), "message", "x", "type", "T");
      worker.completeActivity(worker.activity(), Wants.envelope(1L));
      Unmet.unless(flow.types().stream().filter(type -> List.of("ActivityCompleted", "ActivityFailed",
          "ActivityTimedOut").contains(String.valueOf(type))).count() == 1, "got %s", flow.types());
    });
  }

  private static void starts(Suite.Section section) {
    section.check("StartAccepted", "StartAccepted names the run", s -> {
      Flow flow = s.start();
      flow.event("StartAccepted").where("payload/workflow_instance_id", flow.id(), "payload/workflow_run_id",
          flow.run()).has("payload/outcome");
    });
    section.check("WorkflowStarted", "WorkflowStarted carries the time that now is, and the input", s -> {
      Flow flow = s.start("input", List.of(1), "execution_timeout_seconds", 100, "run_timeout_seconds", 50);
      Doc event = flow.event("WorkflowStarted");
      OffsetDateTime.parse(event.text("payload/timestamp"));
      event.where("payload/workflow_type", s.type(), "payload/payload_codec", "avro", "payload/workflow_instance_id",
          flow.id(), "payload/workflow_run_id", flow.run(), "payload/execution_timeout_seconds", 100,
          "payload/run_timeout_seconds", 50);
      Object input = event.at("payload/input") != null ? event.at("payload/input") : event.at("payload/arguments");
      Unmet.unless(Wants.arguments(1L).equals(input) || Wants.blob(List.of(1L)).equals(input), "its input is %s", input);
    });
    section.check("WorkflowStarted-continued", "a continued run names the one before it", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.continueAsNew());
      worker.task().where("history_events/1/event_type", "WorkflowStarted",
          "history_events/1/payload/continued_from_run_id", flow.run());
    });
    section.check("WorkflowStarted-child", "a child names its parent", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.child());
      Doc payload = worker.task().doc("history_events/1/payload");
      Unmet.unless(payload.toString().contains(flow.run()), "expected the parent's run in %s", payload);
      payload.has("child_call_id");
    });
  }

  private static void activities(Suite.Section section) {
    section.check("ActivityScheduled", "ActivityScheduled names step, type and execution", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.activity());
      Doc event = flow.event("ActivityScheduled");
      event.where("payload/sequence", 1, "payload/activity_type", "charge").object("payload/activity");
      event.text("payload/activity_execution_id");
    });
    section.check("ActivityCompleted", "ActivityCompleted names step, type, attempt and result", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      worker.completeActivity(worker.activity(), Wants.envelope("x"));
      Doc event = flow.event("ActivityCompleted");
      event.where("payload/sequence", 1, "payload/activity_type", "charge", "payload/result", Wants.envelope("x"),
          "payload/payload_codec", "avro", "payload/attempt_number", 1, "payload/activity_execution_id",
          flow.event("ActivityScheduled").at("payload/activity_execution_id"));
      event.text("payload/activity_attempt_id");
    });
    section.check("ActivityFailed", "ActivityFailed has every field of a failure", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      worker.failActivity(worker.activity(), "message", "m", "type", "T", "class", "a.T");
      Doc event = flow.event("ActivityFailed");
      event.where("payload/sequence", 1, "payload/activity_type", "charge", "payload/message", "m",
          "payload/exception_type", "T", "payload/exception_class", "a.T").object("payload/exception");
      event.has("payload/activity_execution_id", "payload/activity_attempt_id", "payload/failure_id",
          "payload/failure_category", "payload/non_retryable", "payload/code", "payload/closed_reason",
          "payload/activity", "payload/exception/non_retryable");
    });
    section.check("ActivityRetryScheduled", "ActivityRetryScheduled says when", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity("retry_policy", Json.of("max_attempts", 2, "backoff_seconds", List.of(3_600))));
      worker.failActivity(worker.activity(), "message", "m", "type", "T");
      Doc event = flow.event("ActivityRetryScheduled");
      event.where("payload/sequence", 1);
      event.text("payload/retry_available_at");
      event.where("payload/retry_backoff_seconds", 3_600, "payload/max_attempts", 2);
    });
    section.check("ActivityTimedOut", "ActivityTimedOut names its kind", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.activity("schedule_to_start_timeout", 1));
      flow.awaits("ActivityTimedOut");
      Doc event = flow.event("ActivityTimedOut");
      event.where("payload/sequence", 1, "payload/activity_type", "charge", "payload/timeout_kind",
          "schedule_to_start").text("payload/message");
    });
  }

  private static void timers(Suite.Section section) {
    section.check("TimerFired", "TimerFired names the timer that was scheduled", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.timer(0));
      flow.awaits("TimerFired");
      Doc scheduled = flow.event("TimerScheduled");
      Doc fired = flow.event("TimerFired");
      fired.where("payload/sequence", 1, "payload/timer_id", scheduled.at("payload/timer_id"), "payload/delay_seconds",
          0, "payload/fire_at", scheduled.at("payload/fire_at")).has("payload/fired_at");
      Unmet.unless(fired.at("payload/condition_wait_id") == null && fired.at("payload/timer_kind") == null
          || "durable_timer".equals(fired.at("payload/timer_kind")), "it looks internal: %s", fired);
    });
    section.check("ConditionWaitSatisfied", "ConditionWaitSatisfied names its wait", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.condition());
      flow.signal("poke");
      worker.runs(Wants.complete(1L));
      flow.event("ConditionWaitSatisfied").where("payload/condition_wait_id",
          flow.event("ConditionWaitOpened").at("payload/condition_wait_id"));
    });
    section.check("ConditionTimeout", "a wait that timed out says so under its id", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.condition("timeout_seconds", 1));
      flow.awaits("TimerFired");
      flow.event("TimerFired").where("payload/timer_kind", "condition_timeout", "payload/condition_wait_id",
          flow.event("ConditionWaitOpened").at("payload/condition_wait_id"));
    });
  }

  private static void messages(Suite.Section section) {
    section.check("SignalReceived", "SignalReceived carries name and arguments", s -> {
      Flow flow = s.start();
      flow.signal("poke", "input", Wants.arguments(1L));
      Doc event = flow.event("SignalReceived");
      event.where("payload/signal_name", "poke", "payload/payload_codec", "avro").has("payload/signal_id");
      Doc payload = event.doc("payload");
      Object value = payload.at("value") != null ? payload.at("value")
          : payload.at("input") != null ? payload.at("input") : payload.at("arguments");
      Unmet.unless(Wants.arguments(1L).equals(value) || Wants.blob(List.of(1L)).equals(value), "its value is %s", value);
    });
    section.check("UpdateAccepted", "UpdateAccepted carries id, name and arguments", s -> {
      CommandCases.declaring(s, "updates", List.of("pay"));
      Flow flow = s.start();
      Object id = flow.post("update/pay", "input", Wants.arguments(5L)).is(202).at("update_id");
      flow.event("UpdateAccepted").where("payload/update_id", id, "payload/update_name", "pay", "payload/arguments",
          Wants.arguments(5L), "payload/payload_codec", "avro");
    });
    section.check("UpdateApplied", "UpdateApplied carries what its handler was given", s -> {
      Flow flow = updated(s, true);
      Doc accepted = flow.event("UpdateAccepted");
      flow.event("UpdateApplied").where("payload/update_id", accepted.at("payload/update_id"), "payload/update_name",
          "pay", "payload/arguments", Wants.arguments(5L), "payload/payload_codec", "avro");
    });
    section.check("UpdateCompleted", "UpdateCompleted carries the result", s -> {
      Flow flow = updated(s, true);
      flow.event("UpdateCompleted").where("payload/update_id", flow.event("UpdateAccepted").at("payload/update_id"),
          "payload/result", Wants.envelope("paid"));
    });
    section.check("UpdateCompleted-failed", "or the failure, and then nothing was applied", s -> {
      Flow flow = updated(s, false);
      flow.event("UpdateCompleted").where("payload/message", "no", "payload/exception_type", "Refused");
      Unmet.unless(flow.events("UpdateApplied").isEmpty(), "it was applied: %s", flow.types());
    });
    section.check("closing", "cancelling records the request and the end", s -> {
      Flow flow = s.start();
      flow.post("cancel", "reason", "r").is(200);
      flow.ends("CancelRequested", "WorkflowCancelled");
      flow.event("WorkflowCancelled").where("payload/reason", "r").has("payload/closed_reason");
    });
  }

  /** A run whose update has been completed, or has failed. */
  private static Flow updated(Scene s, boolean well) {
    WireWorker worker = CommandCases.declaring(s, "updates", List.of("pay"));
    Flow flow = s.start();
    worker.runs(Wants.condition());
    Object id = flow.post("update/pay", "input", Wants.arguments(5L)).is(202).at("update_id");
    worker.runs(well ? Wants.completeUpdate(id, "paid") : Wants.failUpdate(id, "no"));
    return flow;
  }

  private static void recorded(Suite.Section section) {
    section.check("SideEffectRecorded", "SideEffectRecorded carries the value", s -> {
      Doc event = busy(s).event("SideEffectRecorded");
      event.where("payload/sequence", 1, "payload/payload_codec", "avro");
      Object result = event.at("payload/result");
      Unmet.unless(Wants.envelope(1L).equals(result) || Wants.blob(1L).equals(result), "its result is %s", result);
    });
    section.check("VersionMarkerRecorded", "VersionMarkerRecorded names change and versions", s -> busy(s)
        .event("VersionMarkerRecorded").where("payload/sequence", 2, "payload/change_id", "c", "payload/version", 1,
            "payload/min_supported", -1, "payload/max_supported", 1));
    section.check("SearchAttributesUpserted", "SearchAttributesUpserted names what changed", s -> {
      String name = s.attribute("Region");
      Flow flow = s.start();
      s.worker().runs(Wants.attributes(name, "eu"), Wants.timer(0));
      flow.event("SearchAttributesUpserted").where("payload/sequence", 1, "payload/attributes/" + name, "eu");
    });
    section.check("ConditionWaitOpened", "ConditionWaitOpened names the wait, its key and its timeout", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.condition("timeout_seconds", 3_600));
      Doc event = flow.event("ConditionWaitOpened");
      event.where("payload/sequence", 1, "payload/condition_key", "paid", "payload/condition_definition_fingerprint",
          "sha256:1", "payload/timeout_seconds", 3_600).text("payload/condition_wait_id");
      flow.event("TimerScheduled").where("payload/sequence", 1, "payload/timer_kind", "condition_timeout",
          "payload/condition_wait_id", event.at("payload/condition_wait_id"));
    });
    section.check("TimerCancelled", "TimerCancelled names the wait whose timer it was", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.condition("timeout_seconds", 3_600));
      flow.signal("poke");
      worker.runs(Wants.complete(1L));
      flow.event("TimerCancelled").where("payload/sequence", 1, "payload/condition_wait_id",
          flow.event("ConditionWaitOpened").at("payload/condition_wait_id"));
    });
  }

  private static void children(Suite.Section section) {
    section.check("ChildWorkflowScheduled", "ChildWorkflowScheduled and ChildRunStarted name step, type and call", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.child());
      flow.awaits("ChildRunStarted");
      Doc scheduled = flow.event("ChildWorkflowScheduled");
      scheduled.where("payload/sequence", 1, "payload/child_workflow_type", "child").text("payload/child_call_id");
      flow.event("ChildRunStarted").where("payload/sequence", 1, "payload/child_workflow_type", "child",
          "payload/child_call_id", scheduled.at("payload/child_call_id")).text("payload/child_workflow_run_id");
    });
    section.check("ChildRunCompleted", "ChildRunCompleted carries the result", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.child());
      worker.runs(Wants.complete("done"));
      flow.awaits("ChildRunCompleted");
      flow.event("ChildRunCompleted").where("payload/sequence", 1, "payload/child_workflow_type", "child",
          "payload/result", Wants.envelope("done"), "payload/payload_codec", "avro");
    });
    section.check("ChildRunFailed", "ChildRunFailed has every field of a failure", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.child());
      worker.runs(Wants.fail("m", "exception_type", "T", "exception_class", "a.T"));
      flow.awaits("ChildRunFailed");
      Doc event = flow.event("ChildRunFailed");
      event.where("payload/sequence", 1, "payload/child_workflow_type", "child", "payload/message", "m",
          "payload/exception_type", "T", "payload/exception_class", "a.T").object("payload/exception");
      event.text("payload/child_workflow_run_id");
    });
    for (String verb : List.of("cancel", "terminate")) {
      String type = verb.equals("cancel") ? "ChildRunCancelled" : "ChildRunTerminated";
      section.check(type, type + " names the child that was ended", s -> {
        Flow flow = s.start();
        WireWorker worker = s.worker();
        worker.runs(Wants.child());
        Doc child = worker.task();
        s.operator().post("/workflows/" + child.text("workflow_id") + "/" + verb, "reason", "r").is(200);
        flow.awaits(type);
        Doc event = flow.event(type);
        event.where("payload/sequence", 1, "payload/child_workflow_type", "child", "payload/child_workflow_run_id",
            child.at("run_id"));
        event.text("payload/message");
      });
    }
    section.check("WorkflowContinuedAsNew", "WorkflowContinuedAsNew names the next run", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.continueAsNew());
      flow.event("WorkflowContinuedAsNew").where("payload/continued_to_run_id", worker.task().at("run_id"));
    });
  }
}
