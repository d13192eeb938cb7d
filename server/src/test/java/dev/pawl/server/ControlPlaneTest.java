package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The control plane, operation by operation. */
class ControlPlaneTest {
  static Wire wire;

  @BeforeAll
  static void open(@TempDir Path folder) {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--auth-token", "sesame");
  }

  @AfterAll
  static void close() {
    wire.close();
  }

  private static String fresh(String prefix) {
    return prefix + "-" + UUID.randomUUID();
  }

  @Test
  void aStartSaysWhatWasStarted() {
    String id = fresh("order");
    Wire.Got got = wire.post("/workflows", "workflow_type", "order", "workflow_id", id, "input", List.of(1, Map.of("a",
        2)),
        "memo", Map.of("note", "x"), "search_attributes", Map.of("Region", "eu", "Cents", 42), "business_key", "b-1",
        "execution_timeout_seconds", 3600, "run_timeout_seconds", 600).is(201);
    assertThat(got.body()).containsEntry("outcome", "started_new").containsEntry("workflow_id", id)
        .containsEntry("workflow_type", "order").containsEntry("payload_codec", "avro");
    assertThat(got.at("control_plane.operation")).isEqualTo("start");
    assertThat(wire.eventTypes(id, got.text("run_id"))).containsExactly("StartAccepted", "WorkflowStarted");
    Wire.Got seen = wire.get("/workflows/" + id).is(200);
    assertThat(seen.body()).containsEntry("status", "pending").containsEntry("status_bucket", "running")
        .containsEntry("business_key", "b-1").containsEntry("memo", Map.of("note", "x"))
        .containsEntry("search_attributes", Map.of("Region", "eu", "Cents", 42L))
        .containsEntry("input", List.of(1L, Map.of("a", 2L))).containsEntry("execution_timeout_seconds", 3600L)
        .containsEntry("run_timeout_seconds", 600L).containsEntry("output", null);
    assertThat(seen.at("input_envelope.codec")).isEqualTo("avro");
  }

  @Test
  void anIdIsTakenWhileItsRunIsOpenAndCanBeUsedAgain() {
    String id = fresh("order");
    String run = wire.start("order", id, "default");
    Wire.Got twice = wire.post("/workflows", "workflow_type", "order", "workflow_id", id).refused(409,
        "duplicate_not_allowed");
    assertThat(twice.body()).containsEntry("run_id", run).containsEntry("outcome", "rejected_duplicate");
    Wire.Got existing = wire.post("/workflows", "workflow_type", "order", "workflow_id", id, "duplicate_policy",
        "use-existing");
    assertThat(existing.is(200).body()).containsEntry("run_id", run).containsEntry("outcome",
        "returned_existing_active");
    wire.post("/workflows/" + id + "/terminate", "reason", "enough").is(200);
    assertThat(wire.post("/workflows", "workflow_type", "order", "workflow_id", id).is(201).at("run_number"))
        .isEqualTo(2L);
    Wire.Got runs = wire.get("/workflows/" + id + "/runs").is(200);
    assertThat(runs.at("run_count")).isEqualTo(2L);
    assertThat(runs.at("runs.0.status")).isEqualTo("terminated");
    assertThat(runs.at("runs.1.is_current_run")).isEqualTo(true);
  }

  @Test
  void whatIsWrongWithAStartIsSaidByField() {
    Wire.Got none = wire.post("/workflows").refused(422, "validation_failed");
    assertThat(none.at("errors.workflow_type")).isEqualTo(List.of("The workflow type field is required."));
    assertThat(none.at("validation_errors")).isEqualTo(none.at("errors"));
    wire.post("/workflows", "workflow_type", "t", "workflow_id", "no spaces").refused(422, "validation_failed");
    assertThat(Json.object(wire.post("/workflows", "workflow_type", "t", "retry_policy", Map.of("max_attempts", 2),
        "idempotency_key", "x").refused(422, "validation_failed").at("errors"))).containsKeys("retry_policy",
            "idempotency_key");
    assertThat(wire.post("/workflows", "workflow_type", "t", "duplicate_policy", "use_existing").refused(422,
        "validation_failed").text("message")).contains("fail", "use-existing");
    assertThat(wire.post("/workflows", "workflow_type", "t", "input", Json.of("codec", "json", "blob", "e30="))
        .refused(422, "validation_failed").text("message")).startsWith("unsupported_payload_codec");
    wire.post("/workflows", "workflow_type", "t", "input", Json.of("codec", "avro", "blob", "!!")).refused(422,
        "validation_failed");
    wire.post("/workflows", "workflow_type", "t", "execution_timeout_seconds", 0).refused(422, "validation_failed");
    wire.post("/workflows", "workflow_type", "t", "memo", "text").refused(422, "validation_failed");
    wire.post("/workflows", "workflow_type", "t", "memo", Map.of("a", "x".repeat(300_000))).refused(422,
        "validation_failed");
    wire.post("/workflows", "workflow_type", "t", "search_attributes", Map.of("1st", 1)).refused(422,
        "validation_failed");
  }

  @Test
  void listsArePagedAndFiltered() {
    String type = fresh("listed");
    for (int i = 0; i < 5; i++) wire.start(type, fresh("l"), "default");
    String closed = fresh("l");
    wire.start(type, closed, "default");
    wire.post("/workflows/" + closed + "/cancel").is(200);
    Wire.Got page = wire.get("/workflows?workflow_type=" + type + "&page_size=4").is(200);
    assertThat(page.at("workflow_count")).isEqualTo(4L);
    Wire.Got rest = wire.get("/workflows?workflow_type=" + type + "&page_size=4&next_page_token=" + page.text("next_page_token"));
    assertThat(rest.is(200).at("workflow_count")).isEqualTo(2L);
    assertThat(rest.at("next_page_token")).isNull();
    assertThat(wire.get("/workflows?workflow_type=" + type + "&status=failed").is(200).at("workflows.0.workflow_id"))
        .isEqualTo(closed);
    assertThat(wire.get("/workflows?query=WorkflowId%20%3D%20%22" + closed + "%22").is(200).at("workflow_count"))
        .isEqualTo(1L);
    assertThat(wire.get("/workflows?query=" + closed).is(200).at("workflow_count")).isEqualTo(1L);
    wire.get("/workflows?status=cancelled").refused(422, "validation_failed");
    wire.get("/workflows?page_size=1000").refused(422, "validation_failed");
  }

  @Test
  void historyIsWholeWithoutAPageSizeAndPagedWithOne() {
    String id = fresh("h");
    String run = wire.start("t", id, "default");
    for (int i = 0; i < 3; i++) wire.post("/workflows/" + id + "/signal/go").is(202);
    assertThat(wire.events(id, run)).hasSize(5);
    Wire.Got page = wire.get("/workflows/" + id + "/runs/" + run + "/history?page_size=2");
    assertThat(page.at("events.1.sequence")).isEqualTo(2L);
    Wire.Got next = wire.get("/workflows/" + id + "/runs/" + run + "/history?page_size=100&next_page_token="
        + page.text("next_page_token"));
    assertThat(next.at("events.0.sequence")).isEqualTo(3L);
    assertThat(next.at("next_page_token")).isNull();
    wire.get("/workflows/" + id + "/runs/" + run + "/history?next_page_token=abc").refused(400, "invalid_page_token");
  }

  @Test
  void historyCanBeWaitedFor() {
    String id = fresh("h");
    String run = wire.start("t", id, "default");
    CompletableFuture<Wire.Got> waiting = CompletableFuture.supplyAsync(() ->
        wire.get("/workflows/" + id + "/runs/" + run + "/history?wait_new_event=true&next_page_token=2"));
    wire.post("/workflows/" + id + "/signal/go").is(202);
    assertThat(waiting.join().is(200).at("events.0.event_type")).isEqualTo("SignalReceived");
  }

  @Test
  void whatIsNotThereIsNotFound() {
    wire.get("/workflows/none").refused(404, "instance_not_found");
    wire.get("/workflows/none/runs").refused(404, "instance_not_found");
    wire.post("/workflows/none/signal/go").refused(404, "instance_not_found");
    wire.post("/workflows/none/cancel").refused(404, "instance_not_found");
    String id = fresh("w");
    wire.start("t", id, "default");
    wire.get("/workflows/" + id + "/runs/01951234-0000-7000-8000-00000000ffff").refused(404, "run_not_found");
    wire.get("/workflows/" + id + "/runs/nonsense").refused(404, "run_not_found");
  }

  @Test
  void aClosedRunTakesNoCommands() {
    String id = fresh("w");
    String run = wire.start("t", id, "default");
    assertThat(wire.post("/workflows/" + id + "/cancel", "reason", "enough").is(200).at("outcome"))
        .isEqualTo("cancelled");
    assertThat(wire.eventTypes(id, run)).endsWith("CancelRequested", "WorkflowCancelled");
    for (String command : List.of("signal/go", "update/go", "cancel", "terminate", "repair")) {
      Wire.Got got = wire.post("/workflows/" + id + "/" + command).refused(409, "run_not_active");
      assertThat(got.at("control_plane.workflow_id")).isEqualTo(id);
    }
    assertThat(wire.post("/workflows/" + id + "/archive").is(200).at("outcome")).isEqualTo("archive_not_needed");
    Wire.Got seen = wire.get("/workflows/" + id);
    assertThat(seen.body()).containsEntry("status", "cancelled").containsEntry("status_bucket", "failed")
        .containsEntry("is_terminal", true).containsEntry("closed_reason", "cancelled");
  }

  @Test
  void aRunThatIsNotTheCurrentOneTakesNoCommands() {
    String id = fresh("w");
    String old = wire.start("t", id, "default");
    wire.post("/workflows/" + id + "/terminate").is(200);
    String now = wire.start("t", id, "default");
    wire.post("/workflows/" + id + "/runs/" + old + "/signal/go").refused(409, "historical_run_command_rejected");
    wire.post("/workflows/" + id + "/runs/" + now + "/signal/go").is(202);
  }

  @Test
  void aSignalWithARequestIdCountsOnce() {
    String id = fresh("w");
    String run = wire.start("t", id, "default");
    wire.post("/workflows/" + id + "/signal/go", "request_id", "r-1").is(202);
    wire.post("/workflows/" + id + "/signal/go", "request_id", "r-1").is(202);
    assertThat(wire.eventTypes(id, run)).containsOnlyOnce("SignalReceived");
  }

  @Test
  void everyAnswerAboutAWorkflowCarriesItsControlPlaneObject() {
    String id = fresh("w");
    String run = wire.start("t", id, "default");
    record Case(String operation, Wire.Got got) {}
    for (Case one : List.of(new Case("list", wire.get("/workflows")), new Case("describe",
        wire.get("/workflows/" + id)),
        new Case("list_runs", wire.get("/workflows/" + id + "/runs")),
        new Case("describe_run", wire.get("/workflows/" + id + "/runs/" + run)),
        new Case("history", wire.get("/workflows/" + id + "/runs/" + run + "/history")),
        new Case("debug_workflow", wire.get("/workflows/" + id + "/debug")),
        new Case("signal", wire.post("/workflows/" + id + "/signal/go")),
        new Case("repair", wire.post("/workflows/" + id + "/repair")),
        new Case("cancel", wire.post("/workflows/" + id + "/cancel")),
        new Case("archive", wire.post("/workflows/" + id + "/archive")))) {
      Map<String, @Nullable Object> plane = Json.object(one.got().at("control_plane"));
      assertThat(plane).as(one.operation()).containsEntry("operation", one.operation()).containsEntry("version", 1L);
      Map<String, @Nullable Object> contract = Json.object(plane.get("contract"));
      for (String required : Json.strings(contract.get("required_fields"))) assertThat(plane.get(required))
          .isInstanceOf(String.class);
      for (String field : Json.strings(contract.get("success_fields"))) assertThat(plane).containsKey(field);
      assertThat(one.got().body()).doesNotContainKeys("query", "signal", "update", "wait_policy");
    }
    assertThat(wire.get("/workflows/" + id + "/runs/" + run + "/history/export").is(200).body())
        .doesNotContainKey("control_plane")
        .containsEntry("schema", "durable-workflow.v2.history-export").containsEntry("history_complete", true);
  }

  @Test
  void aQueryIsAnsweredByAWorkerAlsoAfterTheEnd() {
    String queue = fresh("q");
    String id = fresh("w");
    wire.register("ann-" + queue, queue);
    wire.start("t", id, queue);
    wire.complete(wire.task("workflow-tasks", "ann-" + queue, queue, 5), Json.of("type", "complete_workflow", "result",
        1)).is(200);
    CompletableFuture<Wire.Got> asking = CompletableFuture.supplyAsync(() ->
        wire.post("/workflows/" + id + "/query/how", "input", List.of("much")));
    Map<String, @Nullable Object> question = wire.task("query-tasks", "ann-" + queue, queue, 10);
    assertThat(question).isNotNull().containsEntry("query_name", "how").containsEntry("workflow_id", id);
    assertThat(Wire.types(question)).endsWith("WorkflowCompleted");
    wire.post("/worker/query-tasks/" + question.get("query_task_id") + "/complete", "lease_owner", "ann-" + queue,
        "query_task_attempt", 1, "result", 42).is(200);
    assertThat(asking.join().is(200).at("result")).isEqualTo(42L);
    CompletableFuture<Wire.Got> unknown = CompletableFuture.supplyAsync(() -> wire.post("/workflows/" + id + "/query/what"));
    Map<String, @Nullable Object> second = wire.task("query-tasks", "ann-" + queue, queue, 10);
    wire.post("/worker/query-tasks/" + second.get("query_task_id") + "/fail", "lease_owner", "ann-" + queue,
        "query_task_attempt", 1, "failure", Json.of("message", "no such query", "reason", "rejected_unknown_query"))
            .is(200);
    assertThat(unknown.join().refused(404, "rejected_unknown_query").text("message")).isEqualTo("no such query");
  }

  @Test
  void aQueryWithoutAWorkerIsRefused() {
    String id = fresh("w");
    wire.start("t", id, fresh("nobody"));
    wire.post("/workflows/" + id + "/query/how").refused(409, "query_worker_unavailable");
  }

  @Test
  void aDeletedNamespaceIsGoneForEverybody() {
    String name = fresh("gone");
    wire.post("/namespaces", "name", name).is(201);
    wire.send(wire.request("/workflows").header("X-Namespace", name).header("Content-Type", "application/json")
        .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"workflow_type\":\"t\"}"))).is(201);
    Wire.Got got = wire.delete("/namespaces/" + name).is(200);
    assertThat(got.body()).containsEntry("name", name).containsEntry("status", "deleted");
    assertThat(got.at("deleted.workflow_runs")).isEqualTo(1L);
    wire.get("/workflows?namespace=" + name).refused(404, "namespace_not_found");
    wire.get("/namespaces/" + name).refused(404, "namespace_not_found");
    wire.delete("/namespaces/" + name).refused(404, "namespace_not_found");
    wire.delete("/namespaces/default").refused(409, "namespace_protected");
    wire.post("/namespaces", "name", name).is(201);
    assertThat(wire.get("/workflows?namespace=" + name).is(200).at("workflow_count")).isEqualTo(0L);
  }

  @Test
  void namespacesKeepTheirRunsApart() {
    String name = fresh("tenant");
    Wire.Got made = wire.post("/namespaces", "name", name.toUpperCase(java.util.Locale.ROOT), "retention_days", 7)
        .is(201);
    assertThat(made.body()).containsEntry("name", name).containsEntry("retention_days", 7L).containsEntry("status",
        "active");
    wire.post("/namespaces", "name", name).refused(409, "namespace_already_exists");
    assertThat(wire.put("/namespaces/" + name, "description", "a tenant").is(200).at("description"))
        .isEqualTo("a tenant");
    wire.get("/namespaces/none").refused(404, "namespace_not_found");
    String id = fresh("w");
    wire.start("t", id, "default");
    wire.get("/workflows/" + id + "?namespace=" + name).refused(404, "instance_not_found");
    wire.get("/workflows/" + id).is(200);
  }

  @Test
  void searchAttributesAreDeclaredAndForgotten() {
    wire.post("/search-attributes", "name", "DueAt", "type", "datetime").is(201);
    wire.post("/search-attributes", "name", "DueAt", "type", "datetime").refused(409, "attribute_already_exists");
    wire.post("/search-attributes", "name", "WorkflowId", "type", "keyword").refused(409, "name_reserved");
    wire.post("/search-attributes", "name", "X", "type", "nonsense").refused(422, "validation_failed");
    assertThat(Json.object(wire.get("/search-attributes").at("custom_attributes"))).containsEntry("DueAt", "datetime");
    String id = fresh("w");
    wire.post("/workflows", "workflow_type", "t", "workflow_id", id, "search_attributes",
        Map.of("DueAt", "2026-01-01T00:00:00Z")).is(201);
    assertThat(wire.get("/workflows/" + id).at("search_attributes.DueAt")).isEqualTo("2026-01-01T00:00:00.000000Z");
    wire.delete("/search-attributes/DueAt").is(200);
    wire.delete("/search-attributes/DueAt").refused(404, "attribute_not_found");
    wire.delete("/search-attributes/RunId").refused(409, "system_attribute");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      keyword      | "eu"                   | 42
      text         | "eu"                   | true
      int          | 42                     | "42"
      int          | 42                     | 4.2
      double       | 4.2                    | "4.2"
      bool         | true                   | "true"
      datetime     | "2026-01-01T00:00:00Z" | 1767225600
      keyword_list | ["eu","us"]            | 42
      keyword      | "eu"                   | ["eu"]
      """)
  void aDeclaredSearchAttributeHasItsType(String type, String fits, String other) throws Exception {
    String name = "Typed" + UUID.randomUUID().toString().replace("-", "");
    wire.post("/search-attributes", "name", name, "type", type).is(201);
    wire.post("/workflows", "workflow_type", "t", "search_attributes",
        Json.of(name, Json.read(fits))).is(201);
    wire.post("/workflows", "workflow_type", "t", "search_attributes",
        Json.of(name, Json.read(other))).refused(422, "validation_failed");
  }

  @Test
  void workersAndTheirQueuesCanBeLookedAtAndDrained() {
    String queue = fresh("q");
    wire.register("ann-" + queue, queue, "build_id", "b-1");
    assertThat(wire.get("/workers/ann-" + queue).is(200).body()).containsEntry("status", "active")
        .containsEntry("build_id", "b-1");
    assertThat(wire.get("/task-queues/" + queue).is(200).at("stats.pollers.active_count")).isEqualTo(1L);
    assertThat(wire.get("/task-queues/" + queue + "/build-ids").is(200).at("build_ids.0.rollout_status"))
        .isEqualTo("active");
    Object drained = wire.post("/task-queues/" + queue + "/build-ids/drain", "build_id", "b-1").is(200)
        .at("drained_at");
    assertThat(wire.post("/task-queues/" + queue + "/build-ids/drain", "build_id", "b-1").at("drained_at"))
        .isEqualTo(drained);
    String id = fresh("w");
    wire.start("t", id, queue);
    assertThat(wire.post("/worker/workflow-tasks/poll", "worker_id", "ann-" + queue, "task_queue", queue,
        "timeout_seconds", 0)
        .is(200).body()).containsEntry("task", null).containsEntry("poll_status", "draining");
    wire.post("/task-queues/" + queue + "/build-ids/resume", "build_id", "b-1").is(200);
    assertThat(wire.task("workflow-tasks", "ann-" + queue, queue, 5)).isNotNull();
    wire.delete("/workers/ann-" + queue).is(200);
    wire.get("/workers/ann-" + queue).refused(404, "worker_not_found");
  }

  @Test
  void upkeepAnswersThatThereIsNothingToDo() {
    wire.get("/system/repair").is(200);
    assertThat(wire.post("/system/repair/pass").is(200).at("repaired_existing_tasks")).isEqualTo(0L);
    wire.get("/system/activity-timeouts").is(200);
    wire.post("/system/activity-timeouts/pass").is(200);
    wire.get("/system/retention").is(200);
    wire.post("/system/retention/pass").is(200);
    wire.get("/system/operator-metrics").is(200);
    assertThat(wire.get("/system/metrics").is(200).at("metrics.commit_groups_total.value")).isInstanceOf(Long.class);
  }

  @Test
  void aResetBeginsAnewAndAPausedRunIsHandedToNobody() {
    String queue = fresh("q");
    String id = fresh("w");
    wire.register("ann-" + queue, queue);
    String run = wire.start("t", id, queue);
    wire.post("/workflows/" + id + "/pause", "reason", "wait").is(200);
    assertThat(wire.task("ann-" + queue, queue)).isNull();
    wire.post("/workflows/" + id + "/resume").is(200);
    wire.complete(wire.task("workflow-tasks", "ann-" + queue, queue, 5), Json.of("type", "start_timer",
        "delay_seconds", 3600)).is(200);
    Object born = wire.post("/workflows/" + id + "/reset", "to_sequence", 2, "reason", "again").is(200)
        .at("new_run_id");
    assertThat(born).isNotEqualTo(run);
    assertThat(wire.get("/workflows/" + id).at("run_id")).isEqualTo(born);
  }
}
