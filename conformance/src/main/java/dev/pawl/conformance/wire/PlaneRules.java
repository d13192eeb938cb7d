package dev.pawl.conformance.wire;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What every answer carries, whatever was asked: contract 1.2, 6.2 and 8.1. */
final class PlaneRules {
  private static final Set<String> EXEMPT = Set.of("/health", "/ready", "/cluster/info", "/openapi.json");
  private static final List<String> LEGACY = List.of("query", "signal", "update", "wait_policy");

  private PlaneRules() {}

  static void check(String pathAndQuery, Answer answer) {
    String path = pathAndQuery.split("\\?", 2)[0];
    if (EXEMPT.contains(path) || path.startsWith("/system/prometheus")) return;
    if (path.startsWith("/worker/")) worker(answer);
    else control(path, answer);
  }

  private static void worker(Answer answer) {
    String header = answer.header(Client.WORKER_VERSION);
    Unmet.unless(header != null && header.matches("1\\.\\d+"), "expected header %s, got %s", Client.WORKER_VERSION,
        header);
    if ("not_found".equals(answer.at("reason")) || answer.status() == 405) return;
    answer.where("protocol_version", header);
    answer.object("server_capabilities");
  }

  private static void control(String path, Answer answer) {
    Unmet.unless("2".equals(answer.header(Client.CONTROL_VERSION)), "expected header %s: 2, got %s",
        Client.CONTROL_VERSION, answer.header(Client.CONTROL_VERSION));
    boolean unknown = "not_found".equals(answer.at("reason")) || answer.status() == 405;
    if (unknown || !path.startsWith("/workflows") || path.endsWith("/history/export")) return;
    answer.lacks(LEGACY.toArray(String[]::new));
    plane(answer, answer.doc("control_plane"));
  }

  private static void plane(Answer answer, Doc plane) {
    plane.where("schema", "durable-workflow.v2.control-plane-response");
    Unmet.unless(plane.number("version") > 0, "expected a positive version in control_plane");
    plane.text("operation");
    plane.where("contract/schema", "durable-workflow.v2.control-plane-response.contract");
    Unmet.unless(plane.number("contract/version") > 0, "expected a positive version in control_plane/contract");
    for (Doc required : plane.list("contract/required_fields")) plane.text(String.valueOf(required.value()));
    if (answer.status() < 400) {
      for (Doc field : plane.list("contract/success_fields")) plane.has(String.valueOf(field.value()));
    }
    for (String name : List.of("workflow_id", "run_id", "update_id")) same(name, answer.at(name), plane.at(name));
    Object field = plane.at("operation_name_field");
    if (field instanceof String name) same(name, answer.at(name), plane.at("operation_name"));
    if (answer.status() < 400 && "update".equals(plane.at("operation"))) plane.text("update_id");
  }

  private static void same(String name, @Nullable Object inBody, @Nullable Object inPlane) {
    Unmet.unless(inBody == null || inPlane == null || Objects.equals(inBody, inPlane),
        "%s is %s in the body and %s in control_plane", name, inBody, inPlane);
  }
}
