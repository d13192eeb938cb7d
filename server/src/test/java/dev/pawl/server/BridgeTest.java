package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events of other systems: each counts once, and every refusal is an answer that can be read. */
class BridgeTest {
  static Wire wire;

  @BeforeAll
  static void open(@TempDir Path folder) {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--auth-token", "sesame");
  }

  @AfterAll
  static void close() {
    wire.close();
  }

  private static Wire.Got send(int status, @Nullable Object... body) {
    Wire.Got got = wire.post("/bridge-adapters/webhook/shop.eu", body).is(status);
    assertThat(got.body()).containsEntry("schema", "durable-workflow.v2.bridge-adapter-outcome.contract")
        .containsEntry("version", 1L).containsEntry("adapter", "shop.eu")
        .containsEntry("accepted", status < 400)
        .containsEntry("outcome", Map.of(202, "accepted", 200, "duplicate", 422, "rejected").get(status));
    return got;
  }

  private static void rejected(String reason, @Nullable Object... body) {
    assertThat(send(422, body).body()).containsEntry("reason", reason);
  }

  @Test
  void anEventStartsAWorkflowOnce() {
    Object[] event = {"action", "start_workflow", "idempotency_key", "e1", "target",
        Json.of("workflow_type", "order", "task_queue", "orders", "business_key", "b-7"), "input", List.of(42),
        "correlation", Json.of("trace", "t1")};
    Wire.Got first = send(202, event);
    assertThat(first.body()).containsEntry("control_plane_outcome", "started_new")
        .containsEntry("workflow_type", "order").containsEntry("idempotency_key", "e1")
        .containsEntry("correlation", Json.of("trace", "t1"));
    String id = first.text("workflow_id");
    assertThat(wire.get("/workflows/" + id).is(200).body()).containsEntry("input", List.of(42L))
        .containsEntry("business_key", "b-7").containsEntry("task_queue", "orders");
    Wire.Got again = send(200, event);
    assertThat(again.body()).containsEntry("workflow_id", id).containsEntry("run_id", first.at("run_id"))
        .containsEntry("control_plane_outcome", "returned_existing_active");
    rejected("duplicate_start", "action", "start_workflow", "idempotency_key", "e1", "target",
        Json.of("workflow_type", "order", "duplicate_policy", "reject_duplicate"));
    wire.post("/workflows/" + id + "/terminate").is(200);
    assertThat(send(200, event).body()).as("also when it is long over").containsEntry("run_id", first.at("run_id"))
        .containsEntry("control_plane_outcome", "deduped_existing_command");
    Wire.Got other = wire.post("/bridge-adapters/webhook/shop.us", event).is(202);
    assertThat(other.text("workflow_id")).as("keys are an adapter's own").isNotEqualTo(id);
  }

  @Test
  void anEventSignalsAWorkflowOnce() {
    String run = wire.start("order", "told", "q");
    Object[] event = {"action", "signal_workflow", "idempotency_key", "s1", "target",
        Json.of("workflow_id", "told", "signal_name", "paid"), "input", List.of("yes")};
    assertThat(send(202, event).body()).containsEntry("control_plane_outcome", "signal_received")
        .containsEntry("command_status", "accepted").containsEntry("run_id", run);
    assertThat(send(200, event).body()).containsEntry("control_plane_outcome", "deduped_existing_command");
    assertThat(wire.eventTypes("told", run)).containsOnlyOnce("SignalReceived");
  }

  @Test
  void anEventUpdatesAWorkflowOnce() {
    wire.register("uma", "updates", "workflow_command_contracts",
        Json.of("order", Json.of("updates", List.of(Json.of("name", "change")))));
    wire.start("order", "changed", "updates");
    Object[] event = {"action", "update_workflow", "idempotency_key", "u1", "target",
        Json.of("workflow_id", "changed", "update_name", "change"), "input", List.of(1)};
    Wire.Got first = send(202, event);
    assertThat(first.body()).containsEntry("control_plane_outcome", "update_accepted");
    Wire.Got again = send(200, event);
    assertThat(again.body()).containsEntry("control_plane_outcome", "deduped_existing_command")
        .containsEntry("update_id", first.at("update_id"));
    rejected("unknown_target", "action", "update_workflow", "idempotency_key", "u2", "target",
        Json.of("workflow_id", "changed", "update_name", "unheard-of"));
    wire.post("/workflows/changed/terminate").is(200);
  }

  @Test
  void whatIsWrongHasAReasonAndIsNotRepeated() {
    Object target = Json.of("workflow_type", "order");
    rejected("unsupported_action", "action", "delete_everything", "idempotency_key", "x", "target", target);
    rejected("unsupported_action");
    rejected("malformed_payload", "action", "start_workflow", "target", target);
    rejected("malformed_payload", "action", "start_workflow", "idempotency_key", "x".repeat(256), "target", target);
    rejected("malformed_payload", "action", "start_workflow", "idempotency_key", "x", "target", "order");
    rejected("malformed_payload", "action", "start_workflow", "idempotency_key", "x", "target", Json.of());
    rejected("malformed_payload", "action", "start_workflow", "idempotency_key", "x", "target", target, "input",
        Json.of("codec", "avro", "blob", "?"));
    rejected("malformed_payload", "action", "start_workflow", "idempotency_key", "x", "target", target, "correlation",
        Json.of("long", "x".repeat(5_000)));
    rejected("unsupported_routing", "action", "start_workflow", "idempotency_key", "x", "target",
        Json.of("workflow_type", "order", "namespace", "another"));
    rejected("unknown_target", "action", "signal_workflow", "idempotency_key", "x", "target",
        Json.of("workflow_id", "nobody", "signal_name", "s"));
    Wire.Got got = send(422, "action", "start_workflow", "idempotency_key", "x", "target",
        Json.of("workflow_type", "order", "password", "hunter2"), "input", List.of("hunter3"));
    assertThat(Json.text(got.body())).doesNotContain("hunter");
    wire.post("/bridge-adapters/webhook/no%20way").refused(422, "validation_failed");
  }
}
