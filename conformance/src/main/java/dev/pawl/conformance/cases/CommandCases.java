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
import dev.pawl.conformance.wire.Unmet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an operator tells a workflow: section 6.6. */
final class CommandCases {
  private CommandCases() {}

  static void add(Suite suite) {
    signal(suite.section("6.6", "Commands on a workflow"));
    update(suite.section("6.6", "Commands on a workflow"));
    updateRefusals(suite.section("6.6", "Commands on a workflow"));
    closing(suite.section("6.6", "Commands on a workflow"));
    upkeep(suite.section("6.6", "Commands on a workflow"));
    byRun(suite.section("6.6", "Commands on a workflow"));
    debug(suite.section("6.6", "Commands on a workflow"));
  }

  /** A worker that says which handlers the case's type has. */
  static WireWorker declaring(Scene s, @Nullable Object... contracts) {
    return s.worker("workflow_command_contracts", Json.of(s.type(), Json.with(Json.of("queries", List.of(), "signals",
        List.of(), "updates", List.of()), contracts)));
  }

  private static Flow closed(Scene s) {
    Flow flow = s.start();
    flow.post("terminate").is(200);
    return flow;
  }

  private static void signal(Suite.Section section) {
    section.check("signal", "a signal is received", s -> {
      Flow flow = s.start();
      flow.post("signal/poke", "input", Wants.arguments(1L)).is(202).where("outcome", "signal_received", "signal_name",
          "poke", "run_id", flow.run(), "workflow_type", s.type(), "command_status", "accepted");
      flow.ends("SignalReceived");
    });
    section.check("signal-no-input", "a signal needs no input", s -> {
      Flow flow = s.start();
      s.operator().send("POST", flow.path() + "/signal/poke", new byte[0], "application/json").is(202);
      flow.event("SignalReceived");
    });
    section.check("signal-order", "signals are kept in their order", s -> {
      Flow flow = s.start();
      for (String name : List.of("a", "b", "c")) flow.signal(name);
      Unmet.unless(flow.payloads("SignalReceived", "signal_name").equals(List.of("a", "b", "c")), "they are not");
    });
    section.check("signal-not-found", "there is no such workflow",
        s -> s.operator().post("/workflows/" + s.name("none") + "/signal/poke").refused(404, "instance_not_found"));
    section.check("signal-closed", "a closed run takes no signal", s -> {
      Flow flow = closed(s);
      flow.post("signal/poke").refused(409, "run_not_active").where("control_plane/operation", "signal");
    });
    section.check("signal-unknown", "a name that the declared handlers do not have is refused", s -> {
      declaring(s, "signals", List.of("known"));
      Flow flow = s.start();
      flow.post("signal/other").refused(404, "unknown_signal").where("outcome", "rejected_unknown_signal");
      flow.signal("known");
      Unmet.unless(flow.payloads("SignalReceived", "signal_name").equals(List.of("known")), "something else was kept");
    });
    section.check("signal-request-id", "a request id makes a signal arrive once", s -> {
      Flow flow = s.start();
      flow.signal("poke", "request_id", s.queue());
      flow.signal("poke", "request_id", s.queue());
      flow.event("SignalReceived");
    });
    section.check("signal-arguments", "arguments that do not fit the declared ones are refused", s -> {
      declaring(s, "signals", List.of("pay"), "signal_contracts", List.of(Json.of("name", "pay", "parameters",
          List.of(Json.of("name", "amount", "position", 0, "required", true, "variadic", false, "default_available",
              false, "type", "int", "allows_null", false)))));
      Flow flow = s.start();
      Answer got = flow.post("signal/pay", "input", List.of());
      got.is(202, 422);
      if (got.status() == 422) got.refused(422, "invalid_signal_arguments");
    });
    section.check("signal-input", "an input that is broken is refused", s -> s.start().post("signal/poke", "input",
        Json.of("codec", "avro", "blob", "!!")).refused(422, "validation_failed"));
  }

  private static void update(Suite.Section section) {
    section.check("update-accepted", "an update is accepted, by default without waiting", s -> {
      declaring(s, "updates", List.of("pay"));
      Flow flow = s.start();
      Answer got = flow.post("update/pay", "input", Wants.arguments(5L)).is(202);
      got.where("update_name", "pay", "update_status", "accepted", "wait_for", "accepted", "wait_timed_out", false,
          "result", null);
      got.text("update_id");
      got.has("wait_timeout_seconds", "result_envelope", "request_id");
    });
    section.check("update-completed", "wait_for=completed waits for the answer", s -> {
      WireWorker worker = declaring(s, "updates", List.of("pay"));
      Flow flow = s.start();
      worker.runs(Wants.condition());
      var asked = s.meanwhile(() -> flow.post("update/pay", "input", Wants.arguments(5L), "wait_for", "completed"));
      Doc task = worker.task();
      worker.complete(task, Wants.completeUpdate(task.text("workflow_update_id"), Map.of("paid", 5L)));
      asked.result().is(200).where("outcome", "update_completed", "update_status", "completed", "result",
          Map.of("paid", 5), "result_envelope", Wants.envelope(Map.of("paid", 5L)), "wait_for", "completed",
          "wait_timed_out", false);
    });
    section.check("update-timeout", "waiting ends after wait_timeout_seconds", s -> {
      declaring(s, "updates", List.of("pay"));
      Answer got = s.start().post("update/pay", "wait_for", "completed", "wait_timeout_seconds", 1).is(202);
      got.where("wait_timed_out", true, "update_status", "accepted", "wait_timeout_seconds", 1);
    });
    section.check("update-failed", "a handler that fails is 422 update_failed", s -> {
      WireWorker worker = declaring(s, "updates", List.of("pay"));
      Flow flow = s.start();
      worker.runs(Wants.condition());
      var asked = s.meanwhile(() -> flow.post("update/pay", "wait_for", "completed"));
      Doc task = worker.task();
      worker.complete(task, Wants.failUpdate(task.text("workflow_update_id"), "no money"));
      Answer got = asked.result().is(422);
      got.where("outcome", "update_failed", "update_status", "failed", "failure_message", "no money");
      got.text("failure_id");
      got.text("message");
      got.text("update_id");
    });
    section.check("update-request-id", "the same request id is the same update", s -> {
      WireWorker worker = declaring(s, "updates", List.of("pay"));
      Flow flow = s.start();
      worker.runs(Wants.condition());
      String request = s.name("request");
      Answer first = flow.post("update/pay", "request_id", request).is(202);
      first.where("request_id", request);
      String id = first.text("update_id");
      flow.post("update/pay", "request_id", request).is(202).where("update_id", id);
      Doc task = worker.task();
      worker.complete(task, Wants.completeUpdate(id, 6L));
      flow.post("update/pay", "request_id", request, "wait_for", "completed").is(200).where("update_id", id, "result",
          6);
      flow.event("UpdateAccepted");
    });
    section.check("update-two", "without a request id each update is one of its own", s -> {
      declaring(s, "updates", List.of("pay"));
      Flow flow = s.start();
      String first = flow.post("update/pay").is(202).text("update_id");
      Unmet.unless(!first.equals(flow.post("update/pay").is(202).text("update_id")), "they are the same");
    });
  }

  private static void updateRefusals(Suite.Section section) {
    section.check("update-wait-policy", "wait_policy is refused",
        s -> s.start().post("update/pay", "wait_policy", "accepted").invalid("wait_policy"));
    section.check("update-wait-for", "another stage is refused",
        s -> s.start().post("update/pay", "wait_for", "admitted").invalid("wait_for"));
    section.check("update-wait-timeout", "a timeout is 1 or more", s -> s.start().post("update/pay", "wait_for",
        "completed", "wait_timeout_seconds", 0).invalid("wait_timeout_seconds"));
    section.check("update-unknown", "a name that the declared handlers do not have is refused", s -> {
      declaring(s, "updates", List.of("known"));
      Flow flow = s.start();
      flow.post("update/other").refused(404, "unknown_update");
      Unmet.unless(flow.types().size() == 2, "something was recorded: %s", flow.types());
    });
    section.check("update-not-found", "there is no such workflow",
        s -> s.operator().post("/workflows/" + s.name("none") + "/update/pay").refused(404, "instance_not_found"));
    section.check("update-closed", "a closed run takes no update",
        s -> closed(s).post("update/pay").refused(409, "run_not_active"));
  }

  private static void closing(Suite.Section section) {
    for (var verb : Map.of("cancel", "cancelled", "terminate", "terminated").entrySet()) {
      section.check(verb.getKey(), "%s closes the run at once".formatted(verb.getKey()), s -> {
        Flow flow = s.start();
        flow.post(verb.getKey(), "reason", "why not").is(200).where("outcome", verb.getValue(), "run_id", flow.run());
        flow.describe().where("status", verb.getValue(), "is_terminal", true);
      });
      section.check(verb.getKey() + "-closed", "a closed run is not active", s -> closed(s).post(verb.getKey())
          .refused(409, "run_not_active").where("outcome", "rejected_not_active"));
      section.check(verb.getKey() + "-not-found", "there is no such workflow", s -> s.operator()
          .post("/workflows/" + s.name("none") + "/" + verb.getKey()).refused(404, "instance_not_found"));
      section.check(verb.getKey() + "-reason", "a reason has at most 1000 characters", s -> {
        Flow flow = s.start();
        flow.post(verb.getKey(), "reason", "x".repeat(1_001)).invalid("reason");
        flow.post(verb.getKey(), "reason", "x".repeat(1_000)).is(200);
      });
      section.check(verb.getKey() + "-no-task", "nobody gets work of a run after " + verb.getKey(), s -> {
        Flow flow = s.start();
        flow.post(verb.getKey()).is(200);
        s.worker().idles();
      });
    }
    section.check("cancel-activities", "cancelling takes open activities away", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity(), Wants.timer(3_600));
      flow.post("cancel").is(200);
      worker.idlesOnActivities();
    });
    section.check("cancel-request-id", "a cancellation that is repeated with its request id is answered", s -> {
      Flow flow = s.start();
      flow.post("cancel", "request_id", "once").is(200);
      flow.post("cancel", "request_id", "once").is(200, 409);
      flow.event("WorkflowCancelled");
    });
  }

  private static void upkeep(Suite.Section section) {
    section.check("repair", "a run that is well needs no repair", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.timer(3_600));
      flow.post("repair").is(200).where("outcome", "repair_not_needed");
    });
    section.check("repair-closed", "a closed run cannot be repaired",
        s -> closed(s).post("repair").refused(409, "run_not_active"));
    section.check("archive", "a closed run is archived, or is out of the way by itself", s -> {
      Answer got = closed(s).post("archive", "reason", "done").is(200);
      got.oneOf("outcome", "archived", "archive_not_needed");
    });
    section.check("archive-open", "an open run is not archived", s -> s.start().post("archive")
        .refused(409, "run_not_closed").where("outcome", "rejected_run_not_closed"));
    section.check("upkeep-not-found", "there is no such workflow", s -> {
      s.operator().post("/workflows/" + s.name("none") + "/repair").refused(404, "instance_not_found");
      s.operator().post("/workflows/" + s.name("none") + "/archive").refused(404, "instance_not_found");
    });
  }

  private static void byRun(Suite.Section section) {
    for (String verb : List.of("signal/poke", "update/pay", "cancel", "terminate")) {
      String row = verb.split("/", 2)[0];
      section.check("run-" + row, "%s can be sent to the current run by its id".formatted(row), s -> {
        Flow flow = s.start();
        flow.postRun(verb).is(200, 202).where("run_id", flow.run(), "requested_run_id", flow.run(), "resolved_run_id",
            flow.run());
      });
      section.check("run-" + row + "-historical", "%s is refused by a run that is not the current one".formatted(row),
          s -> {
            Flow flow = s.start();
            WireWorker worker = s.worker();
            worker.runs(Wants.continueAsNew());
            flow.postRun(verb).refused(409, "historical_run_command_rejected").where("target_scope", "run");
            flow.describe().where("is_terminal", false);
          });
    }
    section.check("run-not-found", "an unknown run takes nothing", s -> {
      Flow flow = s.start();
      for (String verb : List.of("signal/poke", "query/state", "update/pay", "cancel", "terminate")) {
        s.operator().post(flow.path() + "/runs/none/" + verb).refused(404, "run_not_found");
      }
    });
    section.check("run-query", "a query can be sent to a run that is not the current one", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.continueAsNew());
      var asked = s.meanwhile(() -> flow.postRun("query/state"));
      Doc task = worker.query();
      task.where("run_id", flow.run());
      worker.queryCall(task, "complete", "result", 1).is(200);
      asked.result().is(200).where("run_id", flow.run());
    }, Feature.QUERIES);
  }

  private static void debug(Suite.Section section) {
    section.check("debug", "a run explains why it is where it is", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.activity());
      Answer got = s.operator().get(flow.path() + "/debug?include_last_event_payload=true").is(200);
      got.where("workflow_id", flow.id(), "run_id", flow.run(), "namespace", s.target().namespace());
      got.text("generated_at");
      got.text("diagnostic_status");
      got.object("execution").object("task_queue").object("compatibility");
      for (String list : List.of("pending_workflow_tasks", "pending_activities", "recent_failures", "findings")) {
        Unmet.unless(got.list(list).size() <= 25, "too many %s", list);
      }
      Unmet.unless(got.list("pending_activities").size() == 1, "expected the pending activity in %s", got);
    });
    section.check("debug-tasks", "the open tasks are listed", s -> {
      Flow flow = s.start();
      s.operator().get(flow.path() + "/debug").is(200).list("pending_workflow_tasks").getFirst()
          .has("task_id", "status", "workflow_task_attempt");
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      Answer got = s.operator().get(flow.path() + "/debug?include_last_event_payload=true").is(200);
      Unmet.unless(got.list("pending_workflow_tasks").isEmpty(), "expected no workflow task in %s", got);
      got.list("pending_activities").getFirst().where("activity_type", "charge", "attempt_number", 1).has("status",
          "task_queue", "activity_execution_id");
    });
    section.check("debug-not-found", "there is no such workflow",
        s -> s.operator().get("/workflows/" + s.name("none") + "/debug").refused(404, "instance_not_found"));
  }
}
