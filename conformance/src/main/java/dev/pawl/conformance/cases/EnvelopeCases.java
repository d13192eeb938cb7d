package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Unmet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/** The {@code control_plane} object, operation by operation: section 6.2. That every answer has one is a plane rule. */
final class EnvelopeCases {
  private static final List<String> NAMED = List.of("workflow_id", "operation_name", "operation_name_field");

  private EnvelopeCases() {}

  static void add(Suite suite) {
    Suite.Section section = suite.section("6.2", "The control_plane object");
    row(section, "list", List.of(), List.of(), (s, f) -> s.operator().get("/workflows"));
    row(section, "start", List.of(), List.of("workflow_id", "outcome"), (s, f) -> s.operator().post("/workflows",
        "workflow_type", s.type(), "workflow_id", s.name("flow"), "task_queue", s.queue()));
    row(section, "describe", List.of("workflow_id"), List.of(), (s, f) -> s.operator().get(f.path()));
    row(section, "list_runs", List.of("workflow_id"), List.of(), (s, f) -> s.operator().get(f.path() + "/runs"));
    row(section, "describe_run", List.of("workflow_id"), List.of("run_id"), (s, f) -> s.operator().get(f.runPath()));
    row(section, "debug_workflow", List.of("workflow_id"), List.of("run_id", "diagnostic_status"),
        (s, f) -> s.operator().get(f.path() + "/debug"));
    row(section, "history", List.of("workflow_id", "run_id"), List.of("next_page_token"),
        (s, f) -> s.operator().get(f.runPath() + "/history"));
    row(section, "signal", NAMED, List.of("outcome"), (s, f) -> f.post("signal/poke"));
    row(section, "update", NAMED, List.of("outcome"), (s, f) -> f.post("update/change"));
    row(section, "repair", List.of("workflow_id"), List.of("outcome"), (s, f) -> f.post("repair"));
    row(section, "cancel", List.of("workflow_id"), List.of("outcome"), (s, f) -> f.post("cancel"));
    row(section, "terminate", List.of("workflow_id"), List.of("outcome"), (s, f) -> f.post("terminate"));
    row(section, "archive", List.of("workflow_id"), List.of("outcome"), (s, f) -> {
      f.post("terminate").is(200);
      return f.post("archive");
    });
    query(section);
    details(section);
  }

  private static void row(Suite.Section section, String operation, List<String> required, List<String> success,
      BiFunction<Scene, Flow, Answer> call) {
    section.check(operation, "operation %s names its required and success fields".formatted(operation), s -> {
      Answer got = call.apply(s, s.start()).is(200, 201, 202);
      fields(got, operation, required, success);
    });
  }

  private static void fields(Answer got, String operation, List<String> required, List<String> success) {
    got.where("control_plane/operation", operation);
    same(got, "required_fields", required);
    same(got, "success_fields", success);
    got.where("control_plane/contract/legacy_field_policy", "reject_non_canonical");
    got.where("control_plane/contract/legacy_fields", Json.of("query", "query_name", "signal", "signal_name", "update",
        "update_name", "wait_policy", "wait_for"));
  }

  private static void same(Answer got, String list, List<String> wanted) {
    Set<Object> said = new HashSet<>();
    for (var one : got.list("control_plane/contract/" + list)) said.add(String.valueOf(one.value()));
    Unmet.unless(said.equals(new HashSet<>(wanted)), "expected %s %s, got %s", list, wanted, said);
  }

  private static void query(Suite.Section section) {
    section.check("query", "operation query names its required and success fields", s -> {
      Flow flow = s.start();
      var worker = s.worker();
      var asked = s.meanwhile(() -> flow.post("query/state"));
      worker.queryCall(worker.query(), "complete", "result", 1).is(200);
      fields(asked.result().is(200), "query", NAMED, List.of("result"));
    }, Feature.QUERIES);
  }

  private static void details(Suite.Section section) {
    section.check("operation-name", "the name of what was called stands in the object", s -> {
      Answer got = s.start().signal("poke");
      got.where("control_plane/operation_name", "poke", "control_plane/operation_name_field", "signal_name");
    });
    section.check("copies", "what the body says the object says, too", s -> {
      Flow flow = s.start();
      Answer got = flow.describe();
      Map<?, ?> plane = (Map<?, ?>) java.util.Objects.requireNonNull(got.at("control_plane"));
      for (String name : List.of("run_id", "workflow_type", "namespace", "status", "status_bucket", "is_terminal",
          "task_queue", "run_number", "run_count", "is_current_run", "started_at", "closed_at", "wait_kind")) {
        Unmet.unless(plane.containsKey(name), "expected %s in %s", name, plane);
        got.where("control_plane/" + name, got.at(name));
      }
    });
    section.check("refusals", "a refusal carries it, with the reason", s -> {
      Answer got = s.operator().post("/workflows/" + s.name("none") + "/signal/poke").refused(404,
          "instance_not_found");
      got.where("control_plane/reason", "instance_not_found", "control_plane/operation_name", "poke");
      got.text("control_plane/workflow_id");
    });
    section.check("validation", "so does a refused body", s -> {
      Answer got = s.operator().post("/workflows").refused(422, "validation_failed");
      got.where("control_plane/operation", "start").object("control_plane/validation_errors");
    });
    section.check("update-id", "an accepted update names its id in both places", s -> {
      Answer got = s.start().post("update/change").is(202);
      got.where("control_plane/update_id", got.text("update_id"));
    });
    section.check("command", "a command names itself", s -> {
      Answer got = s.start().signal("poke");
      got.has("workflow_id", "run_id", "requested_run_id", "resolved_run_id", "command_id", "command_sequence",
          "workflow_type", "command_source", "outcome");
      got.where("target_scope", "instance", "command_status", "accepted", "reason", null, "rejection_reason", null,
          "validation_errors", Map.of());
      got.text("command_id");
    });
  }
}
