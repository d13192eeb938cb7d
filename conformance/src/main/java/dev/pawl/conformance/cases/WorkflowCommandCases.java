package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.scene.WireWorker;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Lacking;
import dev.pawl.conformance.wire.Unmet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a program can want: section 9. */
final class WorkflowCommandCases {
  private WorkflowCommandCases() {}

  static void add(Suite suite) {
    order(suite.section("9", "Workflow-task commands"));
    scopes(suite.section("9", "Workflow-task commands"));
    activities(suite.section("9", "Workflow-task commands"));
    timersAndMarks(suite.section("9", "Workflow-task commands"));
    waits(suite.section("9", "Workflow-task commands"));
    children(suite.section("9", "Workflow-task commands"));
    updates(suite.section("9", "Workflow-task commands"));
    ends(suite.section("9", "Workflow-task commands"));
  }

  /** The answer to one list of commands on a fresh run. */
  private static Answer reported(Scene s, @Nullable Object... commands) {
    s.start();
    WireWorker worker = s.worker();
    return worker.report(worker.task(), commands);
  }

  private static void order(Suite.Section section) {
    section.check("terminal-last", "a command that ends the workflow is the last one", s -> {
      reported(s, Wants.complete(1L), Wants.timer(1)).invalid("commands.0");
    });
    section.check("terminal-once", "there is one such command at most",
        s -> reported(s, Wants.complete(1L), Wants.fail("x")).refused(422, "validation_failed"));
    section.check("type", "a command has a type that is known", s -> {
      reported(s, Json.of("type", "dance")).invalid("commands.0.type");
      reported(s, Json.of("activity_type", "a")).invalid("commands.0.type");
    });
    section.check("shape", "a command is an object",
        s -> reported(s, "complete_workflow").refused(422, "validation_failed"));
    for (String type : List.of("start_service_operation", "record_local_activity", "open_signal_wait")) {
      section.check("unsupported-" + type, "%s is done, or refused on its type".formatted(type), s -> {
        Object said = s.info().at("worker_protocol/server_capabilities/supported_workflow_task_commands");
        if (said instanceof List<?> list && list.contains(type)) return;
        reported(s, Json.of("type", type, "signal_name", "x")).invalid("commands.0.type");
      });
    }
  }

  private static void scopes(Suite.Section section) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("retry_policy", Json.of("max_attempts", 2));
    for (String one : List.of("start_to_close_timeout", "schedule_to_start_timeout", "schedule_to_close_timeout",
        "heartbeat_timeout", "execution_timeout_seconds", "run_timeout_seconds", "timeout_seconds")) {
      fields.put(one, 5);
    }
    fields.put("non_retryable", true);
    fields.put("parent_close_policy", "abandon");
    fields.forEach((name, value) -> section.check("scope-" + name, name + " on a timer is refused", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.report(worker.task(), Json.with(Wants.timer(1), name, value)).invalid("commands.0." + name);
      Unmet.unless(flow.types().size() == 2, "something was recorded: %s", flow.types());
    }));
    section.check("scope-delay_seconds", "delay_seconds on an activity is refused",
        s -> reported(s, Wants.activity("delay_seconds", 5)).invalid("commands.0.delay_seconds"));
    section.check("scope-activity-on-child", "a timeout of activities on a child is refused",
        s -> reported(s, Wants.child("heartbeat_timeout", 5)).invalid("commands.0.heartbeat_timeout"));
  }

  private static Map<String, @Nullable Object> keyed(String type, @Nullable Object... more) {
    return Json.with(Json.of("type", "schedule_activity", "activity_type", type), more);
  }

  private static void activities(Suite.Section section) {
    section.check("schedule_activity", "an activity is scheduled and handed out", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity("arguments", Wants.arguments(1L), "queue", s.queue()));
      flow.event("ActivityScheduled").where("payload/activity_type", "charge", "payload/sequence", 1,
          "payload/arguments", Wants.arguments(1L));
      worker.activity().where("activity_type", "charge");
    });
    section.check("schedule_activity-type", "an activity has a type",
        s -> reported(s, Json.of("type", "schedule_activity")).invalid("commands.0.activity_type"));
    section.check("schedule_activity-default-queue", "without a queue it is the workflow's", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      worker.activity().where("task_queue", s.queue());
    });
    section.check("schedule_activity-fairness-turns", "activities are served in turns of their keys, by weight", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(keyed("loud-1", "fairness_key", "loud"), keyed("loud-2", "fairness_key", "loud"),
          keyed("quiet-1", "fairness_key", "quiet", "fairness_weight", 2),
          keyed("quiet-2", "fairness_key", "quiet", "fairness_weight", 2), keyed("first", "priority", 0));
      List<String> came = new ArrayList<>();
      for (int i = 0; i < 5; i++) came.add(worker.activity().text("activity_type"));
      Unmet.unless(came.getFirst().equals("first"), "the priority does not count: %s", came);
      // All became due at once, so either key may begin; in the first come, first served order loud-2 is the second one.
      if (came.get(2).equals("loud-2")) throw new Lacking("fairness between keys");
      Unmet.unless(came.getLast().equals("loud-2") && came.indexOf("quiet-1") < came.indexOf("quiet-2"),
          "expected loud-2 behind both of weight 2, got %s", came);
    });
    section.check("schedule_activity-fairness", "a weight is 1 to 1000, and belongs to a key", s -> {
      reported(s, keyed("a", "fairness_key", "k".repeat(255), "fairness_weight", 1_000)).is(200);
      reported(s, keyed("a", "fairness_key", "k", "fairness_weight", 1_001)).is(200, 422);
      reported(s, keyed("a", "fairness_weight", 2)).is(200, 422);
    });
    section.check("start_child_workflow-fairness", "a child may have a key of its own", s -> {
      reported(s, Wants.child("fairness_key", "k", "fairness_weight", 7)).is(200);
      reported(s, Wants.child("fairness_key", "k", "fairness_weight", 0)).is(200, 422);
    });
    section.check("schedule_activity-once", "without a retry policy there is one attempt", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      worker.failActivity(worker.activity(), "message", "x", "type", "T");
      flow.ends("ActivityFailed");
    });
    for (String name : List.of("start_to_close_timeout", "schedule_to_start_timeout", "schedule_to_close_timeout",
        "heartbeat_timeout")) {
      section.check("schedule_activity-" + name, name + " is 1 second or more", s -> {
        for (Object bad : List.of(0, -1, "soon")) reported(s, Wants.activity(name, bad)).invalid("commands.0." + name);
      });
    }
    section.check("schedule_activity-order", "a heartbeat is within the attempt, the attempt within the whole", s -> {
      reported(s, Wants.activity("heartbeat_timeout", 20, "start_to_close_timeout", 10)).refused(422,
          "validation_failed");
      reported(s, Wants.activity("start_to_close_timeout", 20, "schedule_to_close_timeout", 10)).refused(422,
          "validation_failed");
      reported(s, Wants.activity("schedule_to_start_timeout", 20, "schedule_to_close_timeout", 10)).refused(422,
          "validation_failed");
    });
    section.check("schedule_activity-retry", "a retry policy is checked", s -> {
      reported(s, Wants.activity("retry_policy", Json.of("max_attempts", 0))).refused(422, "validation_failed");
      reported(s, Wants.activity("retry_policy", Json.of("max_attempts", 2, "backoff_seconds", List.of(-1))))
          .refused(422, "validation_failed");
      reported(s, Wants.activity("retry_policy", Json.of("max_attempts", 2, "backoff_seconds", List.of("x"))))
          .refused(422, "validation_failed");
    });
  }

  private static void timersAndMarks(Suite.Section section) {
    section.check("start_timer", "a timer is scheduled", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.timer(3_600));
      Doc event = flow.event("TimerScheduled");
      event.where("payload/sequence", 1, "payload/delay_seconds", 3_600);
      event.text("payload/timer_id");
      event.text("payload/fire_at");
    });
    section.check("start_timer-delay", "a delay is 0 or more whole seconds", s -> {
      reported(s, Json.of("type", "start_timer")).invalid("commands.0.delay_seconds");
      reported(s, Wants.timer(-1)).invalid("commands.0.delay_seconds");
    });
    section.check("start_timer-zero", "a timer of 0 seconds fires", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.timer(0));
      flow.awaits("TimerFired");
    });
    section.check("record_side_effect", "a side effect is recorded", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.sideEffect(7L), Wants.complete(1L));
      flow.event("SideEffectRecorded").where("payload/sequence", 1, "payload/payload_codec", "avro");
    });
    section.check("record_side_effect-result", "a side effect has a result",
        s -> reported(s, Json.of("type", "record_side_effect")).invalid("commands.0.result"));
    section.check("record_version_marker", "a version is recorded", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.version("change-1", 2), Wants.complete(1L));
      flow.event("VersionMarkerRecorded").where("payload/sequence", 1, "payload/change_id", "change-1",
          "payload/version", 2, "payload/min_supported", -1, "payload/max_supported", 2);
    });
    section.check("record_version_marker-default", "the version before the change is -1", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.version("change-1", -1), Wants.complete(1L));
      flow.event("VersionMarkerRecorded").where("payload/version", -1);
    });
    section.check("record_version_marker-fields", "all its fields are needed", s -> {
      Map<String, @Nullable Object> whole = Wants.version("c", 1);
      for (String name : List.of("change_id", "version", "min_supported", "max_supported")) {
        Map<String, @Nullable Object> part = Json.with(whole);
        part.remove(name);
        reported(s, part).invalid("commands.0." + name);
      }
    });
    section.check("upsert_search_attributes", "search attributes are changed and taken away", s -> {
      String name = s.attribute("A");
      Flow flow = s.start("search_attributes", Json.of(name, "old", name + "x", 1));
      s.worker().runs(Wants.attributes(name, "new", name + "x", null, name + "l", List.of("a", "b")),
          Wants.complete(1L));
      flow.describe().where("search_attributes", Json.of(name, "new", name + "l", List.of("a", "b")));
      flow.event("SearchAttributesUpserted").where("payload/sequence", 1, "payload/attributes/" + name, "new");
    });
    section.check("upsert_search_attributes-empty", "there is one at least",
        s -> reported(s, Wants.attributes()).invalid("commands.0.attributes"));
    section.check("upsert_memo", "the memo is changed", s -> {
      Flow flow = s.start("memo", Json.of("a", 1));
      s.worker().runs(Json.of("type", "upsert_memo", "entries", Json.of("b", 2)), Wants.complete(1L));
      flow.describe().where("memo/b", 2);
    }, Feature.MEMO_UPDATES);
  }

  private static void waits(Suite.Section section) {
    section.check("open_condition_wait", "a wait is opened under its key", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.condition());
      Doc event = flow.event("ConditionWaitOpened");
      event.where("payload/sequence", 1, "payload/condition_key", "paid", "payload/condition_definition_fingerprint",
          "sha256:1");
      event.text("payload/condition_wait_id");
    });
    section.check("open_condition_wait-bare", "a wait needs no key", s -> {
      Flow flow = s.start();
      s.worker().runs(Json.of("type", "open_condition_wait"));
      flow.event("ConditionWaitOpened").text("payload/condition_wait_id");
    });
    section.check("open_condition_wait-timeout", "a timeout is a timer of the wait", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.condition("timeout_seconds", 3_600));
      Doc opened = flow.event("ConditionWaitOpened");
      opened.where("payload/timeout_seconds", 3_600);
      flow.event("TimerScheduled").where("payload/condition_wait_id", opened.at("payload/condition_wait_id"),
          "payload/timer_kind", "condition_timeout", "payload/sequence", 1);
    });
    section.check("open_condition_wait-negative", "a timeout is 0 or more",
        s -> reported(s, Wants.condition("timeout_seconds", -1)).invalid("commands.0.timeout_seconds"));
  }

  private static void children(Suite.Section section) {
    section.check("start_child_workflow", "a child is started, and its parent hears of it", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.child("arguments", Wants.arguments(9L)));
      Doc task = worker.task();
      task.where("workflow_type", "child", "arguments", Wants.arguments(9L), "task_queue", s.queue());
      worker.complete(task, Wants.complete("grown"));
      Doc next = worker.task();
      next.where("run_id", flow.run());
      Unmet.unless(Scene.types(next).equals(List.of("StartAccepted", "WorkflowStarted", "ChildWorkflowScheduled",
          "ChildRunStarted", "ChildRunCompleted")), "got %s", Scene.types(next));
      next.where("history_events/2/payload/sequence", 1, "history_events/3/payload/sequence", 1,
          "history_events/4/payload/sequence", 1, "history_events/4/payload/child_workflow_type", "child",
          "history_events/4/payload/result", Wants.envelope("grown"), "history_events/4/payload/payload_codec", "avro");
    });
    section.check("start_child_workflow-type", "a child has a type",
        s -> reported(s, Json.of("type", "start_child_workflow")).invalid("commands.0.workflow_type"));
    section.check("start_child_workflow-queue", "a child can have a queue of its own", s -> {
      s.start();
      String queue = s.name("other");
      WireWorker other = s.idle("other", queue);
      other.register().is(201);
      s.worker().runs(Wants.child("queue", queue));
      other.task().where("workflow_type", "child");
    });
    section.check("start_child_workflow-policy", "another parent-close policy is refused",
        s -> reported(s, Wants.child("parent_close_policy", "hug")).invalid("commands.0.parent_close_policy"));
    section.check("start_child_workflow-timeouts", "a run's timeout is within that of the execution", s -> {
      reported(s, Wants.child("execution_timeout_seconds", 10, "run_timeout_seconds", 20)).refused(422,
          "validation_failed");
      reported(s, Wants.child("execution_timeout_seconds", 0)).refused(422, "validation_failed");
    });
    section.check("start_child_workflow-inherits", "a child has its parent's memo and search attributes", s -> {
      String name = s.attribute("A");
      s.start("memo", Json.of("note", "x"), "search_attributes", Json.of(name, "eu"));
      WireWorker worker = s.worker();
      worker.runs(Wants.child());
      String child = worker.task().text("workflow_id");
      s.operator().get("/workflows/" + child).is(200).where("memo", Json.of("note", "x"), "search_attributes",
          Json.of(name, "eu"));
    });
    section.check("start_child_workflow-failed", "a child's failure reaches its parent", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.child());
      worker.runs(Wants.fail("naughty", "exception_type", "Naughty", "exception_class", "kids.Naughty"));
      Doc next = worker.task();
      next.where("run_id", flow.run(), "history_events/4/event_type", "ChildRunFailed",
          "history_events/4/payload/sequence", 1, "history_events/4/payload/message", "naughty",
          "history_events/4/payload/exception_type", "Naughty", "history_events/4/payload/exception_class",
          "kids.Naughty", "history_events/4/payload/child_workflow_type", "child");
      next.text("history_events/4/payload/child_workflow_run_id");
    });
    for (var end : Map.of("cancel", "ChildRunCancelled", "terminate", "ChildRunTerminated").entrySet()) {
      section.check("start_child_workflow-" + end.getKey(), "so does its end by " + end.getKey(), s -> {
        Flow flow = s.start();
        WireWorker worker = s.worker();
        worker.runs(Wants.child("queue", s.name("nobody")));
        flow.awaits("ChildRunStarted");
        String child = String.valueOf(flow.event("ChildWorkflowScheduled").at("payload/child_workflow_instance_id"));
        s.operator().post("/workflows/" + child + "/" + end.getKey(), "reason", "no").is(200);
        worker.task().where("history_events/4/event_type", end.getValue());
      });
    }
  }

  private static void updates(Suite.Section section) {
    section.check("complete_update", "an update is completed", s -> {
      WireWorker worker = CommandCases.declaring(s, "updates", List.of("pay"));
      Flow flow = s.start();
      worker.runs(Wants.condition());
      Object id = flow.post("update/pay", "input", Wants.arguments(5L)).is(202).at("update_id");
      Doc task = worker.task();
      task.where("workflow_update_id", id);
      worker.complete(task, Wants.completeUpdate(id, 6L));
      flow.ends("UpdateAccepted", "UpdateApplied", "UpdateCompleted");
      flow.event("UpdateApplied").where("payload/update_id", id, "payload/update_name", "pay", "payload/arguments",
          Wants.arguments(5L), "payload/payload_codec", "avro");
      flow.event("UpdateCompleted").where("payload/update_id", id, "payload/result", Wants.envelope(6L));
    });
    section.check("fail_update", "an update fails, without having been applied", s -> {
      WireWorker worker = CommandCases.declaring(s, "updates", List.of("pay"));
      Flow flow = s.start();
      worker.runs(Wants.condition());
      Object id = flow.post("update/pay").is(202).at("update_id");
      worker.complete(worker.task(), Wants.failUpdate(id, "no money"));
      flow.ends("UpdateAccepted", "UpdateCompleted");
      flow.event("UpdateCompleted").where("payload/message", "no money", "payload/exception_class", "shop.Refused");
    });
    section.check("update-fields", "they name their update", s -> {
      reported(s, Json.of("type", "complete_update")).invalid("commands.0.update_id");
      reported(s, Json.of("type", "fail_update", "message", "x")).invalid("commands.0.update_id");
      reported(s, Json.of("type", "fail_update", "update_id", "x")).invalid("commands.0.message");
    });
    section.check("update-unknown", "an update that is not there cannot be completed",
        s -> reported(s, Wants.completeUpdate("none", 1L)).is(404, 409, 422));
  }

  private static void ends(Suite.Section section) {
    section.check("complete_workflow", "a workflow completes", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.complete(1L));
      flow.ends("WorkflowCompleted");
    });
    section.check("complete_workflow-none", "without a result it is null", s -> {
      Flow flow = s.start();
      s.worker().runs(Json.of("type", "complete_workflow"));
      flow.describe().where("status", "completed", "output", null);
    });
    section.check("complete_workflow-plain", "a plain result is encoded", s -> {
      Flow flow = s.start();
      s.worker().runs(Json.of("type", "complete_workflow", "result", Json.of("status", "x")));
      flow.describe().where("output", Json.of("status", "x"), "output_envelope", Wants.envelope(Map.of("status",
          "x")));
    });
    section.check("fail_workflow", "a workflow fails with what it said", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.fail("no", "exception_type", "T", "exception_class", "a.T", "non_retryable", true));
      flow.event("WorkflowFailed").where("payload/message", "no", "payload/exception_type", "T",
          "payload/exception_class", "a.T", "payload/non_retryable", true);
    });
    section.check("fail_workflow-message", "a failure has a message", s -> {
      reported(s, Json.of("type", "fail_workflow")).invalid("commands.0.message");
      reported(s, Wants.fail("")).invalid("commands.0.message");
    });
    section.check("continue_as_new", "a workflow goes on in a new run", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.continueAsNew("arguments", Wants.arguments(2L)));
      flow.ends("WorkflowContinuedAsNew");
      Doc next = worker.task();
      next.where("workflow_id", flow.id(), "workflow_type", s.type(), "arguments", Wants.arguments(2L));
      Unmet.unless(!next.text("run_id").equals(flow.run()), "it is the same run");
      flow.event("WorkflowContinuedAsNew").where("payload/continued_to_run_id", next.at("run_id"));
    });
    section.check("continue_as_new-type", "it can go on as another type, on another queue", s -> {
      s.start();
      String queue = s.name("other");
      WireWorker other = s.idle("other", queue);
      other.register().is(201);
      s.worker().runs(Wants.continueAsNew("workflow_type", "another", "queue", queue));
      other.task().where("workflow_type", "another", "task_queue", queue);
    });
  }
}
