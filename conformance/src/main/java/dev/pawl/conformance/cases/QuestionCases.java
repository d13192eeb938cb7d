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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Questions to programs: query tasks and update validation tasks, sections 8.7 and 8.8. */
final class QuestionCases {
  private QuestionCases() {}

  static void add(Suite suite) {
    queries(suite.section("8.7", "Query tasks", Feature.QUERIES));
    refusals(suite.section("8.7", "Query tasks", Feature.QUERIES));
    queryFences(suite.section("8.7", "Query tasks", Feature.QUERIES));
    validation(suite.section("8.8", "Update validation tasks", Feature.UPDATE_VALIDATION));
    validationFences(suite.section("8.8", "Update validation tasks", Feature.UPDATE_VALIDATION));
  }

  // ---- queries

  private static void queries(Suite.Section section) {
    section.check("task-fields", "a query task has every field, the whole history included", s -> {
      WireWorker worker = s.worker();
      Flow flow = s.start("input", List.of("a"));
      worker.runs(Wants.sideEffect(1L), Wants.timer(3_600));
      var asked = s.meanwhile(() -> flow.post("query/state", "input", Wants.arguments(5L)));
      Doc task = worker.query();
      task.where("workflow_id", flow.id(), "run_id", flow.run(), "workflow_type", s.type(), "query_name", "state",
          "payload_codec", "avro", "workflow_arguments", Wants.arguments("a"), "query_arguments", Wants.arguments(5L),
          "task_queue", s.queue(), "lease_owner", worker.id(), "query_task_attempt", 1, "last_history_sequence", 4);
      Unmet.unless(Scene.types(task).equals(flow.types()), "its history is %s", Scene.types(task));
      task.text("query_task_id");
      task.text("lease_expires_at");
      task.has("run_status");
      worker.queryCall(task, "complete", "result", 1).is(200);
      asked.result().is(200);
    });
    section.check("answer", "an answer reaches who asked", s -> {
      WireWorker worker = s.worker();
      Flow flow = s.start();
      var asked = s.meanwhile(() -> flow.post("query/state"));
      Doc task = worker.query();
      worker.queryCall(task, "complete", "result", List.of(1, "a"), "result_envelope",
          Wants.envelope(List.of(1L, "a"))).is(200).where("query_task_id", task.at("query_task_id"),
              "query_task_attempt", 1, "outcome", "completed");
      asked.result().is(200).where("query_name", "state", "result", List.of(1, "a"), "result_envelope",
          Wants.envelope(List.of(1L, "a")), "reason", null, "workflow_id", flow.id(), "run_id", flow.run());
    });
    section.check("answer-null", "an answer may be null", s -> {
      WireWorker worker = s.worker();
      Flow flow = s.start();
      var asked = s.meanwhile(() -> flow.post("query/state"));
      worker.queryCall(worker.query(), "complete", "result", null, "result_envelope", Wants.envelope(null)).is(200);
      asked.result().is(200).where("result", null);
    });
    section.check("no-trace", "a query leaves no trace in the history", s -> {
      WireWorker worker = s.worker();
      Flow flow = s.start();
      var asked = s.meanwhile(() -> flow.post("query/state"));
      worker.queryCall(worker.query(), "complete", "result", 1).is(200);
      asked.result().is(200);
      Unmet.unless(flow.types().size() == 2, "got %s", flow.types());
    });
    section.check("closed", "a closed run can be asked", s -> {
      WireWorker worker = s.worker();
      Flow flow = s.start();
      worker.runs(Wants.complete(1L));
      var asked = s.meanwhile(() -> flow.post("query/state"));
      Doc task = worker.query();
      task.where("run_status", "completed");
      worker.queryCall(task, "complete", "result", 1).is(200);
      asked.result().is(200);
    });
    section.check("leased", "a run can be asked while a task of it is worked on", s -> {
      WireWorker worker = s.worker();
      Flow flow = s.start();
      Doc task = worker.task();
      var asked = s.meanwhile(() -> flow.post("query/state"));
      worker.queryCall(worker.query(), "complete", "result", 1).is(200);
      asked.result().is(200);
      worker.complete(task, Wants.complete(1L));
    });
  }

  private static void refusals(Suite.Section section) {
    section.check("not-found", "there is no such workflow",
        s -> s.operator().post("/workflows/" + s.name("none") + "/query/state").refused(404, "instance_not_found"));
    section.check("no-worker", "without a worker that answers queries the caller is told", s -> {
      WireWorker worker = s.idle("worker", s.queue());
      worker.register("capabilities", List.of()).is(201);
      s.start().post("query/state").refused(409, "query_worker_unavailable");
    });
    section.check("no-type", "a worker of other types does not count", s -> {
      s.worker("supported_workflow_types", List.of("another"));
      s.start().post("query/state").refused(409, "query_worker_unavailable");
    });
    section.check("nobody", "without any worker the caller is told", s -> s.start().post("query/state").refused(409,
        "query_worker_unavailable"));
    section.check("timeout", "a worker that does not look makes it 504", s -> {
      s.worker();
      Answer got = s.start().post("query/state").is(504);
      got.oneOf("reason", "query_worker_timeout", "query_worker_execution_timeout", "query_task_not_claimed");
    }, Feature.PATIENCE);
    section.check("unknown-declared", "a name that the declared handlers do not have is refused", s -> {
      CommandCases.declaring(s, "queries", List.of("known"));
      Answer got = s.start().post("query/other").is(404);
      got.oneOf("reason", "query_not_found", "rejected_unknown_query");
    });
    Map<String, Integer> reasons = new LinkedHashMap<>();
    reasons.put("rejected_unknown_query", 404);
    for (String reason : List.of("query_workflow_state_unavailable", "query_rejected",
        "query_workflow_type_not_registered", "query_payload_decode_failed", "query_result_encode_failed",
        "query_result_completion_failed")) {
      reasons.put(reason, 409);
    }
    reasons.forEach((reason, status) -> section.check("fail-" + reason,
        "a worker that says %s makes it %d for the caller".formatted(reason, status), s -> {
          WireWorker worker = s.worker();
          Flow flow = s.start();
          var asked = s.meanwhile(() -> flow.post("query/state"));
          worker.queryCall(worker.query(), "fail", "failure", Json.of("message", "cannot say", "reason", reason,
              "type", "QueryFailed")).is(200).where("outcome", "failed");
          Answer got = asked.result().is(status);
          if (status == 404 || reason.equals("query_rejected")) got.refused(status, reason);
          Unmet.unless(got.text("message").contains("cannot say"), "the worker's words are lost: %s", got);
          got.where("control_plane/operation", "query");
        }));
  }

  private static void queryFences(Suite.Section section) {
    for (String verb : List.of("complete", "fail")) {
      Object[] more = verb.equals("fail") ? new Object[] {"failure", Json.of("message", "x")} : new Object[] {"result", 1};
      section.check(verb + "-unknown", "%s of an unknown query task is refused".formatted(verb), s -> {
        Map<String, @Nullable Object> body =
            Json.with(Json.of("lease_owner", s.worker().id(), "query_task_attempt", 1), more);
        s.workers().body("POST", "/worker/query-tasks/none/" + verb, body).refused(404, "query_task_not_found");
      });
      section.check(verb + "-owner", "%s by another worker is refused".formatted(verb), s -> {
        WireWorker worker = s.worker();
        WireWorker other = s.worker();
        Flow flow = s.start();
        var asked = s.meanwhile(() -> flow.post("query/state"));
        Doc task = worker.poll("query-tasks", 10).is(200).doc("task");
        worker.queryCall(task, verb, Json.with(Json.of("lease_owner", other.id()), more).entrySet().stream()
            .flatMap(one -> java.util.stream.Stream.of(one.getKey(), one.getValue())).toArray())
            .refused(409, "lease_owner_mismatch");
        worker.queryCall(task, "complete", "result", 7).is(200);
        asked.result().is(200).where("result", 7);
      });
      section.check(verb + "-attempt", "%s of another attempt is refused".formatted(verb), s -> {
        WireWorker worker = s.worker();
        Flow flow = s.start();
        var asked = s.meanwhile(() -> flow.post("query/state"));
        Doc task = worker.query();
        Object[] attempt = {"query_task_attempt", 9, more[0], more[1]};
        worker.queryCall(task, verb, attempt).refused(409, "query_task_attempt_mismatch");
        worker.queryCall(task, "complete", "result", 7).is(200);
        asked.result().is(200);
      });
      section.check(verb + "-fields", "%s names owner and attempt".formatted(verb), s -> {
        Answer got = s.workers().body("POST", "/worker/query-tasks/none/" + verb, Json.of(more));
        got.invalid("lease_owner");
        got.invalid("query_task_attempt");
      });
    }
    section.check("answered-twice", "a query is answered once", s -> {
      WireWorker worker = s.worker();
      Flow flow = s.start();
      var asked = s.meanwhile(() -> flow.post("query/state"));
      Doc task = worker.query();
      worker.queryCall(task, "complete", "result", 1).is(200);
      asked.result().is(200).where("result", 1);
      worker.queryCall(task, "complete", "result", 2).is(200, 404, 409);
    });
    section.check("one-worker", "a query is handed to one worker", s -> {
      WireWorker worker = s.worker();
      WireWorker other = s.worker();
      Flow flow = s.start();
      var asked = s.meanwhile(() -> flow.post("query/state"));
      Doc task = worker.query();
      other.poll("query-tasks", 0).is(200).where("task", null);
      worker.queryCall(task, "complete", "result", 1).is(200);
      asked.result().is(200);
    });
  }

  // ---- validations

  private static WireWorker validator(Scene s) {
    return s.worker("capabilities", List.of("query_tasks", "workflow_updates", "update_validation_tasks"),
        "workflow_command_contracts", Json.of(s.type(), Json.of("queries", List.of(), "signals", List.of(), "updates",
            List.of("pay"), "update_validators", List.of("pay"))));
  }

  private static Doc validationTask(WireWorker worker) {
    Doc task = worker.taskOf("workflow", "update_validation");
    return "update_validation".equals(task.at("task_kind")) ? task
        : worker.taskOf("workflow", "update_validation");
  }

  /** A run that waits, and an update of it that is being judged. */
  private record Judged(Flow flow, WireWorker worker, Scene.Meanwhile<Answer> asked, Doc task) {
    static Judged of(Scene s, @Nullable Object... more) {
      WireWorker worker = validator(s);
      Flow flow = s.start("input", List.of("a"));
      Doc first = worker.taskOf("workflow", "update_validation");
      first.where("task_kind", "workflow");
      worker.complete(first, Wants.condition());
      var asked = s.meanwhile(() -> s.operator().body("POST", flow.path() + "/update/pay",
          Json.with(Json.of("input", Wants.arguments(5L)), more)));
      return new Judged(flow, worker, asked, validationTask(worker));
    }
  }

  private static void validation(Suite.Section section) {
    section.check("advertised", "how validations are polled is said", s -> {
      String at = "worker_protocol/server_capabilities/synchronous_update_validation/";
      s.info().where(at + "supported", true, at + "acceptance_boundary", "validator_approved", at + "worker_capability",
          "update_validation_tasks", at + "workflow_contract_field", "update_validators");
      s.info().where(at + "task_poll/strategy", "multiplexed", at + "task_poll/endpoint",
          "/worker/workflow-tasks/poll", at + "task_poll/request_field", "task_kinds",
          at + "task_poll/response_discriminator", "task.task_kind", at + "task_poll/task_kinds",
          List.of("workflow", "update_validation"));
    });
    section.check("task-fields", "a validation task has every field", s -> {
      Judged judged = Judged.of(s);
      Doc task = judged.task();
      task.where("task_kind", "update_validation", "workflow_id", judged.flow().id(), "run_id", judged.flow().run(),
          "workflow_type", s.type(), "update_name", "pay", "update_arguments", Wants.arguments(5L),
          "workflow_arguments", Wants.arguments("a"), "payload_codec", "avro", "task_queue", s.queue(), "lease_owner",
          judged.worker().id(), "update_validation_attempt", 1);
      for (String name : List.of("update_validation_task_id", "update_id", "lease_expires_at")) task.text(name);
      Unmet.unless(Scene.types(task).equals(judged.flow().types()), "its history is %s", Scene.types(task));
      judged.worker().verdict(task, "approve").is(200);
      judged.asked().result().is(202);
    });
    section.check("approve", "an update is accepted when its validator approves, and not before", s -> {
      Judged judged = Judged.of(s);
      Unmet.unless(!judged.flow().types().contains("UpdateAccepted"), "it was accepted before");
      judged.worker().verdict(judged.task(), "approve").is(200).where("outcome", "approved",
          "update_validation_task_id", judged.task().at("update_validation_task_id"), "update_id",
          judged.task().at("update_id"), "update_validation_attempt", 1);
      judged.asked().result().is(202).where("update_status", "accepted", "update_id", judged.task().at("update_id"));
      judged.flow().event("UpdateAccepted").where("payload/update_id", judged.task().at("update_id"));
    });
    section.check("reject", "an update that is rejected leaves nothing", s -> {
      Judged judged = Judged.of(s);
      judged.worker().verdict(judged.task(), "reject", "failure", Json.of("message", "too much", "reason",
          "update_validator_rejected", "type", "TooMuch", "validation_errors", Json.of("amount", List.of("too much"))))
          .is(200).where("outcome", "rejected", "reason", "update_validator_rejected");
      Answer got = judged.asked().result().refused(422, "update_validator_rejected");
      got.where("message", "too much", "validation_errors", Json.of("amount", List.of("too much")));
      Unmet.unless(!judged.flow().types().contains("UpdateAccepted"), "got %s", judged.flow().types());
    });
    section.check("reject-worker-failed", "a validator that breaks is no rejection, and may be tried again", s -> {
      Judged judged = Judged.of(s);
      judged.worker().verdict(judged.task(), "reject", "failure", Json.of("message", "boom", "reason",
          "update_validation_worker_failed")).is(200).where("outcome", "failed");
      judged.asked().result().is(409, 422, 504).where("reason", "update_validation_worker_failed").has("retryable");
      Unmet.unless(!judged.flow().types().contains("UpdateAccepted"), "got %s", judged.flow().types());
    });
    section.check("no-worker", "without a worker that validates the caller is told", s -> {
      WireWorker worker = validator(s);
      Flow flow = s.start();
      worker.client().delete("/worker/registrations/" + worker.id()).is(200);
      s.worker("capabilities", List.of("query_tasks"), "workflow_command_contracts", Json.of(s.type(), Json.of("queries",
          List.of(), "signals", List.of(), "updates", List.of("pay"), "update_validators", List.of("pay"))));
      flow.post("update/pay").is(409, 422, 504).where("reason", "update_validator_worker_unavailable").has("retryable");
    });
    section.check("not-claimed", "a worker that does not look makes it 504, to be tried again", s -> {
      validator(s);
      s.start().post("update/pay").refused(504, "update_validation_task_not_claimed").where("retryable", true);
    }, Feature.PATIENCE);
    section.check("without-validator", "an update without a validator needs no approval", s -> {
      s.worker("capabilities", List.of("update_validation_tasks"), "workflow_command_contracts", Json.of(s.type(),
          Json.of("queries", List.of(), "signals", List.of(), "updates", List.of("free"), "update_validators",
              List.of())));
      s.start().post("update/free").is(202);
    });
    section.check("request-id", "an update that was let in is not judged again", s -> {
      String request = s.name("request");
      Judged judged = Judged.of(s, "request_id", request);
      judged.worker().verdict(judged.task(), "approve").is(200);
      Object id = judged.asked().result().is(202).at("update_id");
      judged.flow().post("update/pay", "input", Wants.arguments(5L), "request_id", request).is(202).where("update_id",
          id);
    });
    section.check("closed", "an update of a closed run is not judged", s -> {
      validator(s);
      Flow flow = s.start();
      flow.post("terminate").is(200);
      flow.post("update/pay").refused(409, "run_not_active");
    });
  }

  private static void validationFences(Suite.Section section) {
    for (String verb : List.of("approve", "reject")) {
      Object[] more = verb.equals("reject") ? new Object[] {"failure", Json.of("message", "x")} : new Object[0];
      section.check(verb + "-unknown", "%s of an unknown task is refused".formatted(verb), s -> {
        Map<String, @Nullable Object> body =
            Json.with(Json.of("lease_owner", s.worker().id(), "update_validation_attempt", 1), more);
        s.workers().body("POST", "/worker/update-validation-tasks/none/" + verb, body).refused(404,
            "update_validation_task_not_found");
      });
      section.check(verb + "-fields", "%s names owner and attempt".formatted(verb), s -> {
        Answer got = s.workers().body("POST", "/worker/update-validation-tasks/none/" + verb, Json.of(more));
        got.invalid("lease_owner");
        got.invalid("update_validation_attempt");
      });
      section.check(verb + "-owner", "%s by another worker is refused".formatted(verb), s -> {
        Judged judged = Judged.of(s);
        Map<String, @Nullable Object> body =
            Json.with(Json.of("lease_owner", s.worker().id(), "update_validation_attempt", 1), more);
        s.workers().body("POST", "/worker/update-validation-tasks/" + judged.task().text("update_validation_task_id")
            + "/" + verb, body).refused(409, "update_validation_lease_owner_mismatch");
        judged.worker().verdict(judged.task(), "approve").is(200);
        judged.asked().result().is(202);
      });
    }
    section.check("stale", "a verdict of another attempt is stale", s -> {
      Judged judged = Judged.of(s);
      judged.worker().verdict(judged.task(), "approve", "update_validation_attempt", 9).refused(409,
          "stale_update_validation_completion");
      judged.worker().verdict(judged.task(), "approve").is(200);
      judged.asked().result().is(202);
    });
    section.check("duplicate", "a second verdict is a duplicate", s -> {
      Judged judged = Judged.of(s);
      judged.worker().verdict(judged.task(), "approve").is(200);
      judged.asked().result().is(202);
      Answer got = judged.worker().verdict(judged.task(), "approve").is(404, 409);
      got.oneOf("reason", "duplicate_update_validation_completion", "update_validation_task_not_found",
          "stale_update_validation_completion");
    });
  }
}
