package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.protocol.control.RunRef;
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

/** Leases, timeouts, retries and deadlines over HTTP, under a clock that the test owns. */
class TimingTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private Path folder;
  private Wire wire;
  private String run;

  @BeforeEach
  void open(@TempDir Path fresh) {
    folder = fresh;
    wire = server();
    wire.register("ann", "q");
    run = wire.start("order", "w", "q");
  }

  private Wire server() {
    return new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), settings -> {
      settings.clock = now::get;
      settings.duties = false;
    }, "--auth-token", "sesame");
  }

  @AfterEach
  void close() {
    wire.close();
  }

  private void pass(Duration time) {
    now.updateAndGet(at -> at.plus(time));
    while (wire.server.engine().tick(now.get()) > 0) {
      // Until nothing is left to do at this instant.
    }
  }

  private Map<String, @Nullable Object> task(String worker) {
    Map<String, @Nullable Object> task = wire.task(worker, "q");
    assertThat(task).as("a task was expected").isNotNull();
    return task;
  }

  private static Map<String, @Nullable Object> activity(@Nullable Object... more) {
    Map<String, @Nullable Object> command = Json.of("type", "schedule_activity", "activity_type", "charge");
    command.putAll(Json.of(more));
    return command;
  }

  private void fails(Map<String, @Nullable Object> attempt, @Nullable Object... failure) {
    wire.post("/worker/activity-tasks/" + attempt.get("task_id") + "/fail", "lease_owner", attempt.get("lease_owner"),
        "activity_attempt_id", attempt.get("activity_attempt_id"), "failure", Json.of(failure)).is(200);
  }

  private List<String> types() {
    return wire.eventTypes("w", run);
  }

  @Test
  void theWorkOfASilentWorkerGoesToAnother() {
    Map<String, @Nullable Object> task = task("ann");
    wire.register("bob", "q");
    pass(Duration.ofSeconds(59));
    assertThat(wire.task("bob", "q")).isNull();
    pass(Duration.ofSeconds(3));
    Map<String, @Nullable Object> again = task("bob");
    assertThat(again).containsEntry("workflow_task_attempt", 2L).containsEntry("run_id", run);
    wire.complete(task, Json.of("type", "complete_workflow")).refused(409, "workflow_task_attempt_mismatch");
    wire.complete(again, Json.of("type", "complete_workflow")).is(200);
    wire.complete(task, Json.of("type", "complete_workflow")).refused(409, "run_closed");
  }

  @Test
  void aWorkerThatHeartbeatsKeepsALongActivity() {
    wire.complete(task("ann"), activity()).is(200);
    Map<String, @Nullable Object> attempt = wire.activity("ann", "q");
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofSeconds(50));
      wire.post("/worker/heartbeat", "worker_id", "ann").is(200);
    }
    wire.completeActivity(attempt, "late but fine").is(200);
    assertThat(types()).endsWith("ActivityCompleted");
  }

  @Test
  void aRegistrationOutlivesTheServer() {
    wire.close();
    wire = server();
    assertThat(wire.post("/worker/heartbeat", "worker_id", "ann").is(200).at("acknowledged")).isEqualTo(true);
    Map<String, @Nullable Object> task = task("ann");
    wire.close();
    wire = server();
    wire.complete(task, Json.of("type", "complete_workflow", "result", 1)).is(200);
  }

  @Test
  void aWorkerThatWasGivenUpComesBackByAskingForWork() {
    pass(Duration.ofHours(2));
    assertThat(wire.get("/workers/ann").at("status")).isEqualTo("stale");
    wire.complete(task("ann"), Json.of("type", "complete_workflow", "result", 1)).is(200);
    assertThat(wire.get("/workers/ann").at("status")).isEqualTo("active");
  }

  @Test
  void anotherProcessUnderTheSameIdFreesWhatTheOneBeforeItHeld() {
    Map<String, @Nullable Object> process = Json.of("process_id", 7, "process_started_at", "noon", "host", "a");
    wire.register("eve", "q", "process_metrics", process);
    Map<String, @Nullable Object> task = task("eve");
    wire.register("eve", "q", "process_metrics", process);
    assertThat(wire.task("eve", "q")).as("the same process holds it still").isNull();
    wire.register("eve", "q", "process_metrics", Json.of("process_id", 8, "process_started_at", "one", "host", "a"));
    Map<String, @Nullable Object> again = task("eve");
    assertThat(again.get("run_id")).isEqualTo(task.get("run_id"));
    assertThat(wire.complete(task, Json.of("type", "complete_workflow")).status()).isEqualTo(409);
    wire.complete(again, Json.of("type", "complete_workflow")).is(200);
  }

  @Test
  void retriesComeAfterExactDelays() {
    wire.complete(task("ann"), activity("retry_policy", Json.of("max_attempts", 3, "backoff_seconds", List.of(10,
        20)))).is(200);
    fails(wire.activity("ann", "q"), "message", "one", "type", "Busy");
    pass(Duration.ofSeconds(9));
    assertThat(wire.activity("ann", "q")).isNull();
    pass(Duration.ofSeconds(1));
    Map<String, @Nullable Object> second = wire.activity("ann", "q");
    assertThat(second).containsEntry("attempt_number", 2L);
    fails(second, "message", "two", "type", "Busy");
    pass(Duration.ofSeconds(19));
    assertThat(wire.activity("ann", "q")).isNull();
    pass(Duration.ofSeconds(1));
    fails(wire.activity("ann", "q"), "message", "three", "type", "Busy");
    assertThat(types()).containsSubsequence("ActivityRetryScheduled", "ActivityRetryScheduled", "ActivityFailed");
    assertThat(Wire.payload(wire.events("w", run), "ActivityFailed", "message")).containsExactly("three");
  }

  @Test
  void whatIsNotRetryableIsFinalAtOnce() {
    wire.complete(task("ann"), activity("retry_policy",
        Json.of("max_attempts", 5, "non_retryable_error_types", List.of("shop.CardDeclined")))).is(200);
    fails(wire.activity("ann", "q"), "message", "no", "type", "CardDeclined", "class", "shop.CardDeclined");
    assertThat(types()).endsWith("ActivityFailed");
    wire.complete(task("ann"), activity("retry_policy", Json.of("max_attempts", 5))).is(200);
    fails(wire.activity("ann", "q"), "message", "no", "type", "Other", "non_retryable", true);
    assertThat(types()).endsWith("ActivityFailed");
  }

  @Test
  void everyTimeoutOfAnActivityHasItsKind() {
    record Case(String option, boolean taken, String kind) {}
    for (Case one : List.of(new Case("schedule_to_start_timeout", false, "schedule_to_start"),
        new Case("start_to_close_timeout", true, "start_to_close"), new Case("heartbeat_timeout", true, "heartbeat"),
        new Case("schedule_to_close_timeout", true, "schedule_to_close"))) {
      wire.complete(task("ann"), activity(one.option(), 30)).is(200);
      Map<String, @Nullable Object> attempt = one.taken() ? wire.activity("ann", "q") : null;
      pass(Duration.ofSeconds(31));
      assertThat(Wire.payload(wire.events("w", run), "ActivityTimedOut", "timeout_kind")).endsWith(one.kind());
      if (attempt != null) assertThat(wire.completeActivity(attempt, 1).status()).isEqualTo(409);
      wire.post("/worker/heartbeat", "worker_id", "ann").is(200);
    }
  }

  @Test
  void anActivityOfACancelledRunIsToldToStop() {
    wire.complete(task("ann"), activity()).is(200);
    Map<String, @Nullable Object> attempt = wire.activity("ann", "q");
    String path = "/worker/activity-tasks/" + attempt.get("task_id") + "/heartbeat";
    assertThat(wire.post(path, "lease_owner", "ann", "activity_attempt_id", attempt.get("activity_attempt_id"),
        "details",
        Map.of("at", 5)).is(200).body()).containsEntry("cancel_requested", false).containsEntry("heartbeat_recorded",
            true);
    wire.post("/workflows/w/cancel", "reason", "enough").is(200);
    assertThat(wire.post(path, "lease_owner", "ann", "activity_attempt_id", attempt.get("activity_attempt_id")).is(200)
        .body())
        .containsEntry("cancel_requested", true).containsEntry("reason", "run_cancelled");
    Wire.Got late = wire.completeActivity(attempt, 1).refused(409, "run_cancelled");
    assertThat(late.body()).containsEntry("outcome", "ignored");
  }

  @Test
  void aRunThatLivesTooLongTimesOutAndHasAFailure() {
    wire.post("/workflows", "workflow_type", "order", "workflow_id", "short", "task_queue", "q", "run_timeout_seconds",
        60)
        .is(201);
    pass(Duration.ofSeconds(61));
    Wire.Got seen = wire.get("/workflows/short").is(200);
    assertThat(seen.body()).containsEntry("status", "failed").containsEntry("closed_reason", "timed_out");
    assertThat(wire.eventTypes("short", seen.text("run_id"))).endsWith("WorkflowTimedOut", "WorkflowFailed");
  }

  @Test
  void aTimerFiresWhenItIsDue() {
    wire.complete(task("ann"), Json.of("type", "start_timer", "delay_seconds", 3600)).is(200);
    pass(Duration.ofSeconds(3599));
    assertThat(wire.task("ann", "q")).isNull();
    pass(Duration.ofSeconds(1));
    assertThat(Wire.types(task("ann"))).endsWith("TimerFired");
  }

  @Test
  void aChildIsTriedAgainAndItsParentHearsTheLastOutcome() {
    wire.complete(task("ann"), Json.of("type", "start_child_workflow", "workflow_type", "child", "retry_policy",
        Json.of("max_attempts", 2, "backoff_seconds", List.of(5)))).is(200);
    pass(Duration.ZERO);
    wire.complete(task("ann"), Json.of("type", "fail_workflow", "message", "once")).is(200);
    pass(Duration.ofSeconds(5));
    Map<String, @Nullable Object> second = task("ann");
    assertThat(second).containsEntry("workflow_type", "child");
    wire.complete(second, Json.of("type", "complete_workflow", "result", "fine")).is(200);
    pass(Duration.ZERO);
    assertThat(Wire.types(task("ann"))).endsWith("ChildWorkflowScheduled", "ChildRunStarted", "ChildRunCompleted");
  }

  @Test
  void aParentThatClosesTreatsItsChildrenByTheirPolicy() {
    record Case(String policy, String status) {}
    for (Case one : List.of(new Case("abandon", "pending"), new Case("terminate", "terminated"),
        new Case("request_cancel", "cancelled"))) {
      String parent = "parent-" + one.policy();
      wire.start("parent", parent, "q");
      Map<String, @Nullable Object> task = task("ann");
      while (!parent.equals(task.get("workflow_id"))) task = task("ann");
      wire.complete(task, Json.of("type", "start_child_workflow", "workflow_type", "child", "queue", one.policy(),
          "parent_close_policy", one.policy())).is(200);
      pass(Duration.ZERO);
      String child = (String) Wire.payload(wire.events(parent, (String) task.get("run_id")), "ChildWorkflowScheduled",
          "child_workflow_instance_id").getFirst();
      wire.post("/workflows/" + parent + "/terminate").is(200);
      pass(Duration.ZERO);
      wire.register("kid-" + one.policy(), one.policy());
      if (one.policy().equals("request_cancel")) wire.task("kid-request_cancel", "request_cancel");
      assertThat(wire.get("/workflows/" + child).is(200).at("status")).as(one.policy()).isEqualTo(one.status());
    }
  }

  @Test
  void aFailedTaskComesAgainAndNewCodeHealsABlockedRun() {
    for (int i = 0; i < 10; i++) {
      Map<String, @Nullable Object> task = task("ann");
      wire.post("/worker/workflow-tasks/" + task.get("task_id") + "/fail", "lease_owner", "ann",
          "workflow_task_attempt",
          task.get("workflow_task_attempt"), "failure", Json.of("message", "cannot replay", "type", "Boom")).is(200);
      assertThat(wire.task("ann", "q")).isNull();
      pass(Duration.ofSeconds(70));
    }
    assertThat(wire.get("/workflows/w/debug").is(200).at("diagnostic_status")).isEqualTo("blocked");
    assertThat(wire.task("ann", "q")).isNull();
    wire.register("ann-2", "q", "workflow_definition_fingerprints", Map.of("order", "sha256:new"));
    wire.complete(task("ann-2"), Json.of("type", "complete_workflow", "result", 1)).is(200);
    assertThat(wire.server.engine().control().describe(RunRef.current("default", "w")).displayed())
        .isEqualTo("COMPLETED");
  }
}
