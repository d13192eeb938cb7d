package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Priorities and keys, wherever the wire can say them. */
class FairnessTest {
  private Wire wire;

  @BeforeEach
  void open(@TempDir Path folder) {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--auth-token", "sesame");
    wire.register("ann", "q");
  }

  @AfterEach
  void close() {
    wire.close();
  }

  private void start(String id, @Nullable Object... more) {
    List<@Nullable Object> body = new ArrayList<>(List.of("workflow_type", "t", "workflow_id", id, "task_queue", "q"));
    body.addAll(java.util.Arrays.asList(more));
    wire.post("/workflows", body.toArray()).is(201);
  }

  private Map<String, @Nullable Object> run() {
    Map<String, @Nullable Object> task = wire.task("ann", "q");
    assertThat(task).as("a run was expected").isNotNull();
    return task;
  }

  private String activity() {
    Map<String, @Nullable Object> task = wire.activity("ann", "q");
    assertThat(task).as("an activity was expected").isNotNull();
    return String.valueOf(task.get("activity_type"));
  }

  @Test
  void runsOfSeveralKeysHaveTheirTurns() {
    for (int i = 0; i < 4; i++) start("loud-" + i, "fairness_key", "loud");
    for (int i = 0; i < 2; i++) start("quiet-" + i, "fairness_key", "quiet", "fairness_weight", 2);
    start("urgent", "fairness_key", "loud", "priority", 0);
    List<Object> order = new ArrayList<>();
    for (int i = 0; i < 7; i++) order.add(run().get("workflow_id"));
    assertThat(order).isEqualTo(
        List.of("urgent", "loud-0", "quiet-0", "quiet-1", "loud-1", "loud-2", "loud-3"));
  }

  @Test
  void theQueueShowsWhatWaitsByPriorityAndKey() {
    for (int i = 0; i < 3; i++) start("loud-" + i, "fairness_key", "loud");
    start("quiet", "fairness_key", "quiet", "fairness_weight", 2);
    start("plain");
    start("urgent", "priority", 0, "fairness_key", "loud");
    start("later", "priority", 9);
    Wire.Got queue = wire.get("/task-queues/q").is(200);
    List<?> lines = (List<?>) queue.at("priority_fairness.workflow_tasks");
    assertThat(lines).extracting(line -> {
      var it = Json.object(line);
      return it.get("priority") + " " + it.get("fairness_key") + " " + it.get("fairness_weight") + " "
          + it.get("ready_count");
    }).containsExactlyInAnyOrder("0 loud 1 1", "5 loud 1 3", "5 quiet 2 1", "5 null null 1", "9 null null 1");
    assertThat(lines).extracting(line -> Json.object(line).get("priority")).isSorted();
    assertThat((List<?>) queue.at("priority_fairness.activity_tasks")).isEmpty();
    wire.complete(run(), activity("a", "fairness_key", "c-2", "priority", 1)).is(200);
    assertThat(Json.object(wire.get("/task-queues/q").at("priority_fairness.activity_tasks.0")))
        .containsEntry("priority", 1L).containsEntry("fairness_key", "c-2").containsEntry("ready_count", 1L)
        .containsKey("oldest_age_seconds");
  }

  @Test
  void commandsSayTheirOwnOrTakeTheRuns() {
    start("w", "fairness_key", "c-1", "priority", 3);
    wire.complete(run(), activity("plain-1"), activity("plain-2"), activity("plain-3"),
        activity("other", "fairness_key", "c-2"), activity("later", "priority", 4),
        activity("sooner", "priority", 1, "fairness_key", "c-2", "fairness_weight", 1000)).is(200);
    assertThat(activity()).isEqualTo("sooner");
    assertThat(List.of(activity(), activity())).contains("other");
    assertThat(List.of(activity(), activity())).allMatch(type -> type.startsWith("plain"));
    assertThat(activity()).isEqualTo("later");
  }

  private static Map<String, @Nullable Object> activity(String type, @Nullable Object... more) {
    Map<String, @Nullable Object> command = Json.of("type", "schedule_activity", "activity_type", type);
    command.putAll(Json.of(more));
    return command;
  }

  @Test
  void schedulesKeepThem() {
    wire.post("/schedules", "schedule_id", "s", "spec", Json.of("intervals", List.of(Json.of("every", "PT1H"))),
        "action", Json.of("workflow_type", "t", "task_queue", "q", "priority", 2, "fairness_key", "c-1",
            "fairness_weight", 7)).is(201);
    assertThat(Json.object(wire.get("/schedules/s").is(200).at("action"))).containsEntry("priority", 2L)
        .containsEntry("fairness_key", "c-1").containsEntry("fairness_weight", 7L);
  }

  @Test
  void whatMakesNoSenseIsRefusedWithItsField() {
    for (Object[] wrong : new Object[][] {{"fairness_weight", 5}, {"fairness_key", "k", "fairness_weight", 0},
        {"fairness_key", "k", "fairness_weight", 1001}}) {
      List<@Nullable Object> body = new ArrayList<>(List.of("workflow_type", "t", "activity_type", "a", "task_queue", "q"));
      body.addAll(List.of(wrong));
      wire.post("/workflows", body.toArray()).refused(422, "validation_failed");
      wire.post("/activities", body.toArray()).refused(422, "validation_failed");
    }
    start("w");
    Wire.Got got = wire.complete(run(), activity("a", "fairness_key", "k", "fairness_weight", 0));
    assertThat(got.is(422).body().toString()).contains("commands.0.fairness_weight");
  }
}
