package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Unmet;
import java.util.List;

/** How refusals look: section 3. Reasons that belong to one operation have their case there. */
final class ErrorCases {
  private ErrorCases() {}

  static void add(Suite suite) {
    Suite.Section section = suite.section("3", "Error envelopes");
    section.check("validation", "what is wrong with a request is said by field, twice", s -> {
      Answer got = s.operator().post("/workflows").invalid("workflow_type");
      got.where("message", "The workflow type field is required.");
      got.where("errors/workflow_type", List.of("The workflow type field is required."));
    });
    section.check("validation-all", "everything that is wrong is said at once", s -> {
      Answer got = s.operator().post("/workflows", "workflow_id", 7, "execution_timeout_seconds", 0);
      got.invalid("workflow_type");
      got.invalid("workflow_id");
      got.invalid("execution_timeout_seconds");
    });
    section.check("control-envelope", "the control plane says message and reason", s -> {
      Answer got = s.operator().get("/workflows/" + s.name("none")).refused(404, "instance_not_found");
      got.text("message");
      got.has("control_plane");
    });
    section.check("worker-envelope", "the worker plane says error, its version and what it can do", s -> {
      Answer got = s.workers().post("/worker/heartbeat").refused(422, "validation_failed");
      got.text("error");
      got.has("errors/worker_id", "validation_errors/worker_id", "protocol_version", "server_capabilities");
    });
    section.check("unknown-worker-route", "an unknown path of the worker plane is 404 not_found",
        s -> s.workers().post("/worker/no-such-thing").refused(404, "not_found"));
    section.check("namespace-not-found", "an unknown namespace is named", s -> {
      String nowhere = s.name("nowhere");
      Answer got = s.operator().in(nowhere).get("/workflows").refused(404, "namespace_not_found");
      got.where("namespace", nowhere).text("remediation");
    });
    section.check("no-server-error", "a refusal of the business is never a 5xx or 429", s -> {
      Flow flow = s.start();
      flow.post("terminate").is(200);
      for (String verb : List.of("cancel", "terminate", "signal/x", "update/x", "repair")) {
        int status = flow.post(verb).status();
        Unmet.unless(status >= 400 && status < 429, "%s on a closed run was answered with %d", verb, status);
      }
    });
    section.check("types", "a field of a wrong type is said to be one", s -> {
      s.operator().body("POST", "/workflows", Json.of("workflow_type", List.of("t"))).invalid("workflow_type");
      s.operator().body("POST", "/workflows", Json.of("workflow_type", "t", "memo", "text")).invalid("memo");
      s.operator().body("POST", "/workflows", Json.of("workflow_type", "t", "search_attributes", 1))
          .invalid("search_attributes");
    });
  }
}
