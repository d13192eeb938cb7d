package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Activities without a workflow: started, looked at, retried, cancelled, and taken over by another server. */
@Timeout(180)
class StandaloneActivityTest {
  @TempDir Path folder;
  private Wire wire;

  @BeforeEach
  void open() {
    wire = server();
    wire.register("ann", "work");
  }

  private Wire server() {
    return new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--auth-token", "sesame");
  }

  @AfterEach
  void close() {
    wire.close();
  }

  private Map<String, @Nullable Object> task() {
    Map<String, @Nullable Object> task = wire.task("activity-tasks", "ann", "work", 20);
    assertThat(task).as("an activity was expected").isNotNull();
    return task;
  }

  private Wire.Got start(String id, @Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.of("activity_type", "resize", "task_queue", "work", "activity_id", id,
        "input", List.of("a.png", 3), "business_key", "customer-7");
    body.putAll(Json.of(more));
    return wire.post("/activities", body.entrySet().stream()
        .flatMap(one -> java.util.stream.Stream.of(one.getKey(), one.getValue())).toArray());
  }

  /** Waits for what the host's program does with the outcome. */
  private Map<String, @Nullable Object> ended(String id) {
    while (true) {
      Map<String, @Nullable Object> shape = wire.get("/activities/" + id).is(200).body();
      if (!"running".equals(shape.get("status"))) return shape;
      Thread.onSpinWait();
    }
  }

  @Test
  void itsResultIsThereInTheEnd() {
    Wire.Got started = start("a-1").is(201);
    assertThat(started.body()).containsEntry("activity_id", "a-1").containsEntry("activity_type", "resize")
        .containsKeys("workflow_run_id", "activity_execution_id", "workflow_type");
    start("a-1").refused(409, "duplicate_not_allowed");
    Map<String, @Nullable Object> task = task();
    assertThat(task).containsEntry("activity_type", "resize").containsEntry("attempt_number", 1L)
        .containsEntry("activity_execution_id", started.at("activity_execution_id"));
    assertThat(wire.get("/activities/a-1").is(200).body()).containsEntry("status", "running")
        .containsEntry("activity_status", "running").containsEntry("attempt_count", 1L).containsEntry("result", null)
        .containsEntry("business_key", "customer-7").containsEntry("task_queue", "work");
    wire.completeActivity(task, Json.of("width", 10)).is(200);
    Map<String, @Nullable Object> shape = ended("a-1");
    assertThat(shape).containsEntry("status", "completed").containsEntry("activity_status", "completed")
        .containsEntry("attempt_count", 1L);
    assertThat(Json.object(shape.get("result"))).containsEntry("codec", "avro");
    start("a-1").is(201);
  }

  @Test
  void itIsTriedAgainAsItsPolicySays() {
    start("a-2", "retry_policy", Json.of("max_attempts", 2, "backoff_seconds", List.of(0))).is(201);
    for (int attempt = 1; attempt <= 2; attempt++) {
      Map<String, @Nullable Object> task = task();
      assertThat(task).containsEntry("attempt_number", (long) attempt);
      wire.post("/worker/activity-tasks/" + task.get("task_id") + "/fail", "lease_owner", "ann", "activity_attempt_id",
          task.get("activity_attempt_id"), "failure", Json.of("message", "no disk", "type", "DiskFull")).is(200);
    }
    assertThat(ended("a-2")).containsEntry("status", "failed").containsEntry("attempt_count", 2L)
        .containsEntry("exception_type", "DiskFull").containsEntry("message", "no disk");
  }

  @Test
  void itIsCancelledAndTerminatedByItsHost() {
    start("a-3").is(201);
    Map<String, @Nullable Object> task = task();
    wire.post("/workflows/a-3/cancel", "reason", "not needed").is(200);
    assertThat(ended("a-3")).containsEntry("status", "cancelled").containsEntry("closed_reason", "cancelled");
    wire.completeActivity(task, "late").is(409);
    start("a-4").is(201);
    wire.post("/workflows/a-4/terminate", "reason", "now").is(200);
    assertThat(ended("a-4")).containsEntry("status", "terminated");
  }

  @Test
  void theyAreListedByThemselves() {
    start("a-5").is(201);
    wire.completeActivity(task(), null).is(200);
    ended("a-5");
    start("a-6").is(201);
    wire.start("order", "w", "work");
    assertThat(ids(wire.get("/activities").is(200), "activities", "activity_id")).containsExactlyInAnyOrder("a-5", "a-6");
    assertThat(ids(wire.get("/activities?status=completed").is(200), "activities", "activity_id")).containsExactly("a-5");
    assertThat(ids(wire.get("/activities?status=running").is(200), "activities", "activity_id")).containsExactly("a-6");
    wire.get("/activities?status=odd").refused(422, "validation_failed");
    assertThat(ids(wire.get("/workflows").is(200), "workflows", "workflow_id")).containsExactly("w");
    wire.get("/activities/w").refused(404, "instance_not_found");
    wire.get("/activities/nobody").refused(404, "instance_not_found");
  }

  private static List<Object> ids(Wire.Got got, String list, String name) {
    return Json.list(got.at(list)).stream().map(one -> Json.object(one).get(name)).toList();
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    wire.post("/activities", "task_queue", "work").refused(422, "validation_failed");
    wire.post("/activities", "activity_type", "x").refused(422, "validation_failed");
    start("a b").refused(422, "validation_failed");
    start("a-7", "heartbeat_timeout_seconds", 9, "start_to_close_timeout_seconds", 3).refused(422, "validation_failed");
    start("a-7", "retry_policy", Json.of("max_attempts", 0)).refused(422, "validation_failed");
    wire.get("/activities/a-7").is(404);
  }

  @Test
  void anotherServerGoesOnWithIt() {
    start("a-8").is(201);
    Map<String, @Nullable Object> task = task();
    wire.close();
    wire = server();
    wire.completeActivity(task, "done").is(200);
    assertThat(ended("a-8")).containsEntry("status", "completed");
  }
}
