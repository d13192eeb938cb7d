package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of what workers are given: what is over them waits, and says why. */
class AdmissionTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
  private Wire wire;

  @BeforeEach
  void open(@TempDir Path folder) {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), settings -> settings.clock = now::get, "--auth-token",
        "sesame");
    wire.register("ann", "q");
    wire.register("ben", "r");
  }

  @AfterEach
  void close() {
    wire.close();
  }

  private static Map<String, @Nullable Object> limit(@Nullable Object... limits) {
    return Json.of(limits);
  }

  private Wire.Got poll(String kind, String worker, String queue) {
    return wire.post("/worker/" + kind + "-tasks/poll", "worker_id", worker, "task_queue", queue, "timeout_seconds", 0)
        .is(200);
  }

  private Map<String, @Nullable Object> given(String worker, String queue) {
    Wire.Got got = poll("workflow", worker, queue);
    assertThat(got.body()).containsEntry("poll_status", "leased");
    return Json.object(got.at("task"));
  }

  private void kept(String kind, String worker, String queue, String why) {
    Wire.Got got = poll(kind, worker, queue);
    assertThat(got.body()).containsEntry("poll_status", why).containsEntry("task", null);
  }

  private void finish(Map<String, @Nullable Object> task) {
    wire.complete(task, Json.of("type", "complete_workflow")).is(200);
  }

  @Test
  void aQueueHasNoMoreLeasesThanItMay() {
    wire.put("/task-queues/q/admission", "workflow_tasks", limit("max_active_leases", 1)).is(200);
    for (String id : List.of("a", "b")) wire.start("t", id, "q");
    Map<String, @Nullable Object> first = given("ann", "q");
    kept("workflow", "ann", "q", "saturated");
    Wire.Got seen = wire.get("/task-queues/q").is(200);
    assertThat(seen.at("admission.workflow_tasks.status")).isEqualTo("saturated");
    assertThat(seen.at("admission.workflow_tasks.server_max_active_leases_per_queue")).isEqualTo(1L);
    assertThat(seen.at("admission.workflow_tasks.server_active_lease_count")).isEqualTo(1L);
    assertThat(seen.at("admission.workflow_tasks.server_remaining_active_lease_capacity")).isEqualTo(0L);
    assertThat(seen.at("admission.workflow_tasks.server_lock_required")).isEqualTo(true);
    assertThat(seen.at("admission.activity_tasks.server_max_active_leases_per_queue")).isNull();
    finish(first);
    finish(given("ann", "q"));
    kept("workflow", "ann", "q", "empty");
  }

  @Test
  void aNamespaceHasNoMoreLeasesThanItMay() {
    wire.put("/admission", "workflow_tasks", limit("max_active_leases", 1)).is(200);
    wire.start("t", "a", "q");
    wire.start("t", "b", "r");
    Map<String, @Nullable Object> first = given("ann", "q");
    kept("workflow", "ben", "r", "saturated");
    Wire.Got seen = wire.get("/task-queues/r").is(200);
    assertThat(seen.at("admission.workflow_tasks.server_max_active_leases_per_namespace")).isEqualTo(1L);
    assertThat(seen.at("admission.workflow_tasks.server_namespace_active_lease_count")).isEqualTo(1L);
    assertThat(seen.at("admission.workflow_tasks.server_remaining_namespace_active_lease_capacity")).isEqualTo(0L);
    finish(first);
    finish(given("ben", "r"));
  }

  @Test
  void aMinuteHasNoMoreTasksThanItMay() {
    wire.put("/task-queues/q/admission", "workflow_tasks", limit("max_dispatches_per_minute", 2)).is(200);
    for (String id : List.of("a", "b", "c")) wire.start("t", id, "q");
    finish(given("ann", "q"));
    finish(given("ann", "q"));
    kept("workflow", "ann", "q", "throttled");
    Wire.Got seen = wire.get("/task-queues/q").is(200);
    assertThat(seen.at("admission.workflow_tasks.status")).isEqualTo("throttled");
    assertThat(seen.at("admission.workflow_tasks.server_dispatch_count_this_minute")).isEqualTo(2L);
    now.updateAndGet(it -> it.plus(Duration.ofMinutes(1)));
    finish(given("ann", "q"));
  }

  @Test
  void aMinuteOfANamespaceHasNoMoreTasksThanItMay() {
    wire.put("/admission", "workflow_tasks", limit("max_dispatches_per_minute", 1)).is(200);
    wire.start("t", "a", "q");
    wire.start("t", "b", "r");
    finish(given("ann", "q"));
    kept("workflow", "ben", "r", "throttled");
    Wire.Got seen = wire.get("/task-queues/r").is(200);
    assertThat(seen.at("admission.workflow_tasks.server_max_dispatches_per_minute_per_namespace")).isEqualTo(1L);
    assertThat(seen.at("admission.workflow_tasks.server_namespace_dispatch_count_this_minute")).isEqualTo(1L);
    assertThat(seen.at("admission.workflow_tasks.server_remaining_namespace_dispatch_capacity")).isEqualTo(0L);
    assertThat(seen.at("admission.activity_tasks.status")).isEqualTo("accepting");
    now.updateAndGet(it -> it.plus(Duration.ofMinutes(1)));
    finish(given("ben", "r"));
  }

  /** The worker is silent for longer than its registration holds; nobody polls, and no duty frees the lease. */
  @Test
  void aLeaseOfAWorkerThatFellSilentIsCountedAsExpired(@TempDir Path other) {
    wire.close();
    wire = new Wire("jdbc:sqlite:" + other.resolve("pawl.db"), settings -> {
      settings.clock = now::get;
      settings.duties = false;
    }, "--auth-token", "sesame");
    wire.register("ann", "q");
    wire.start("t", "a", "q");
    given("ann", "q");
    assertThat(wire.get("/task-queues/q").at("stats.workflow_tasks.expired_lease_count")).isEqualTo(0L);
    now.updateAndGet(it -> it.plus(Duration.ofSeconds(61)));
    Wire.Got seen = wire.get("/task-queues/q").is(200);
    assertThat(seen.at("stats.pollers.stale_count")).isEqualTo(1L);
    assertThat(seen.at("stats.workflow_tasks.leased_count")).isEqualTo(1L);
    assertThat(seen.at("stats.workflow_tasks.expired_lease_count")).isEqualTo(1L);
    assertThat(seen.at("current_leases.0.is_expired")).isEqualTo(true);
  }

  @Test
  void queuesOfAGroupShareABudget() {
    wire.put("/admission", "budget_groups", Map.of("mail", 1)).is(200);
    for (String queue : List.of("q", "r")) {
      wire.put("/task-queues/" + queue + "/admission", "activity_tasks", limit("budget_group", "mail")).is(200);
    }
    for (String queue : List.of("q", "r")) {
      wire.start("t", "in-" + queue, queue);
      wire.complete(given(queue.equals("q") ? "ann" : "ben", queue),
          Json.of("type", "schedule_activity", "activity_type", "send", "arguments", List.of())).is(200);
    }
    Wire.Got got = poll("activity", "ann", "q");
    wire.completeActivity(Json.object(got.at("task")), 1).is(200);
    kept("activity", "ben", "r", "throttled");
    assertThat(wire.get("/task-queues/r").is(200).at("admission.activity_tasks.server_dispatch_budget_group"))
        .isEqualTo("mail");
  }

  @Test
  void aLimitOfNothingHoldsEverythingAndOneThatIsTakenAwayNothing() {
    wire.put("/task-queues/q/admission", "workflow_tasks", limit("max_active_leases", 0)).is(200);
    wire.start("t", "a", "q");
    kept("workflow", "ann", "q", "saturated");
    Wire.Got gone = wire.put("/task-queues/q/admission").is(200);
    assertThat(gone.at("workflow_tasks")).isEqualTo(Map.of());
    finish(given("ann", "q"));
  }

  @Test
  void limitsThatAreNoneAreRefused() {
    wire.put("/task-queues/q/admission", "workflow_tasks", limit("max_active_leases", -1)).refused(422,
        "validation_failed");
    wire.put("/task-queues/q/admission", "workflow_tasks", limit("max_leases", 1)).refused(422, "validation_failed");
    wire.put("/admission", "activity_tasks", limit("budget_group", "x")).refused(422, "validation_failed");
    wire.put("/admission", "budget_groups", Map.of("no way", 1)).refused(422, "validation_failed");
    assertThat(wire.get("/admission").is(200).at("budget_groups")).isEqualTo(Map.of());
  }
}
