package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the contract's origin has a limit and Pawl has none: one test for each, under a clock that the test owns. */
class UpstreamLimitsTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
  private Wire wire;

  @BeforeEach
  void open(@TempDir Path folder) {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), settings -> {
      settings.clock = now::get;
      settings.duties = false;
    }, "--auth-token", "sesame");
    wire.register("ann", "q");
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
    wire.post("/worker/heartbeat", "worker_id", "ann").is(200);
  }

  private Map<String, @Nullable Object> task() {
    Map<String, @Nullable Object> task = wire.task("workflow-tasks", "ann", "q", 5);
    assertThat(task).as("a task was expected").isNotNull();
    return task;
  }

  private static Map<String, @Nullable Object> activity(int timeout) {
    return Json.of("type", "schedule_activity", "activity_type", "charge", "schedule_to_start_timeout", timeout);
  }

  /** There an id belongs to everybody, and is used up for ever. */
  @Test
  void idsBelongToANamespaceAndCanBeUsedAgain() {
    String first = wire.start("order", "order-1", "q");
    wire.post("/namespaces", "name", "other").is(201);
    Wire.Got elsewhere = wire.send(wire.request("/workflows").header("X-Namespace", "other")
        .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(
            Json.of("workflow_type", "order", "workflow_id", "order-1"))))).is(201);
    assertThat(elsewhere.text("run_id")).isNotEqualTo(first);
    wire.post("/workflows", "workflow_type", "order", "workflow_id", "order-1").refused(409, "duplicate_not_allowed");
    wire.post("/workflows/order-1/terminate").is(200);
    assertThat(wire.start("order", "order-1", "q")).isNotEqualTo(first);
  }

  /** There a task that failed is parked until an operator repairs it. */
  @Test
  void aFailedWorkflowTaskComesAgainWithABackOffAndHealsAfterADeploy() {
    wire.start("order", "order-1", "q");
    Map<String, @Nullable Object> task = task();
    wire.post("/worker/workflow-tasks/" + task.get("task_id") + "/fail", "lease_owner", "ann", "workflow_task_attempt",
        1, "failure", Json.of("message", "cannot replay", "type", "Boom")).is(200);
    assertThat(wire.task("ann", "q")).as("it backs off").isNull();
    pass(Duration.ofSeconds(70));
    Map<String, @Nullable Object> again = task();
    assertThat(again.get("workflow_task_attempt")).isEqualTo(2L);
    wire.complete(again, Json.of("type", "complete_workflow", "result", "well")).is(200);
    assertThat(wire.get("/workflows/order-1").is(200).at("output")).isEqualTo("well");
  }

  /** There a wait of zero seconds never ends. */
  @Test
  void aTimeoutOfZeroFires() {
    String run = wire.start("order", "order-1", "q");
    wire.complete(task(), Json.of("type", "open_condition_wait", "condition_key", "paid", "timeout_seconds", 0)).is(200);
    pass(Duration.ZERO);
    assertThat(wire.eventTypes("order-1", run)).endsWith("TimerScheduled", "TimerFired");
    assertThat(Wire.types(task())).endsWith("TimerFired");
  }

  /** There a history is cut after 100 events unless pages are followed, and results of long runs get lost. */
  @Test
  void aHistoryIsWholeUnlessPagesAreAskedFor() {
    String run = wire.start("order", "order-1", "q");
    Object[] many = Collections.nCopies(900, Json.of("type", "record_side_effect", "result", "wwHioz3/VYAiNwQO"))
        .toArray(new Object[901]);
    many[900] = Json.of("type", "start_timer", "delay_seconds", 0);
    for (int i = 0; i < 3; i++) {
      wire.complete(task(), many).is(200);
      pass(Duration.ZERO);
    }
    Map<String, @Nullable Object> task = task();
    assertThat(Wire.history(task)).hasSize(2 + 3 * 902);
    wire.complete(task, Json.of("type", "complete_workflow", "result", 1)).is(200);
    assertThat(wire.eventTypes("order-1", run)).hasSize(2 + 3 * 902 + 1).endsWith("WorkflowCompleted");
  }

  /** There a pass enforces at most a hundred deadlines, and somebody has to run it. */
  @Test
  void everyDeadlineIsKeptHoweverManyComeAtOnce() {
    String run = wire.start("order", "order-1", "q");
    wire.complete(task(), Collections.nCopies(700, activity(30)).toArray()).is(200);
    pass(Duration.ofSeconds(29));
    assertThat(wire.eventTypes("order-1", run)).doesNotContain("ActivityTimedOut");
    pass(Duration.ofSeconds(1));
    assertThat(wire.eventTypes("order-1", run)).filteredOn("ActivityTimedOut"::equals).hasSize(700);
    assertThat(wire.server.engine().verify()).isEmpty();
  }

  /** There the 501st pending update of a run is refused. */
  @Test
  void aRunMayHaveAnyNumberOfPendingUpdates() {
    String run = wire.start("order", "order-1", "q");
    wire.register("ben", "q", "workflow_command_contracts", Json.of("order", Json.of("updates", List.of("pay"))));
    for (int i = 0; i < 520; i++) wire.post("/workflows/order-1/update/pay").is(202);
    assertThat(wire.eventTypes("order-1", run)).filteredOn("UpdateAccepted"::equals).hasSize(520);
  }
}
