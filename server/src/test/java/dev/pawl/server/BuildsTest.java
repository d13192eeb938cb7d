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
import org.junit.jupiter.api.io.TempDir;

/** Runs that are for one build of workers, and which build new runs are for. */
class BuildsTest {
  private Wire wire;

  @BeforeEach
  void open(@TempDir Path folder) {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--auth-token", "sesame");
    wire.register("old", "q", "build_id", "b-1");
    wire.register("new", "q", "build_id", "b-2");
    wire.register("any", "q");
  }

  @AfterEach
  void close() {
    wire.close();
  }

  private void act(String act, @Nullable String build) {
    wire.post("/task-queues/q/build-ids/" + act, "build_id", build).is(200);
  }

  private void start(String id, @Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.of("workflow_type", "t", "workflow_id", id, "task_queue", "q");
    body.putAll(Json.of(more));
    wire.send(wire.request("/workflows").header("Content-Type", "application/json")
        .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(Json.write(body)))).is(201);
  }

  private @Nullable String given(String worker) {
    Map<String, @Nullable Object> task = wire.task(worker, "q");
    return task == null ? null : (String) task.get("workflow_id");
  }

  private Map<String, @Nullable Object> build(@Nullable String build) {
    return Json.list(wire.get("/task-queues/q/build-ids").is(200).at("build_ids")).stream().map(Json::object)
        .filter(one -> build == null ? one.get("build_id") == null : build.equals(one.get("build_id"))).findFirst()
        .orElseThrow();
  }

  @Test
  void aRunOfABuildWaitsForItsWorkersAndLetsOthersPass() {
    start("pinned", "build_id", "b-2", "priority", 0);
    start("free");
    assertThat(wire.get("/workflows/pinned").is(200).at("compatibility")).isEqualTo("b-2");
    assertThat(given("old")).isEqualTo("free");
    assertThat(given("any")).isNull();
    assertThat(given("new")).isEqualTo("pinned");
  }

  @Test
  void newRunsAreForThePromotedBuild() {
    act("promote", "b-1");
    start("one");
    act("promote", "b-2");
    assertThat(build("b-2")).containsEntry("new_start_selected", true);
    assertThat(build("b-1")).containsEntry("new_start_selected", false);
    start("two");
    start("mine", "build_id", "b-1");
    assertThat(given("any")).isNull();
    assertThat(List.of(given("old"), given("old"))).containsExactly("one", "mine");
    assertThat(given("new")).isEqualTo("two");
    // Draining it brings back the one before.
    act("drain", "b-2");
    assertThat(build("b-2")).containsEntry("new_start_selected", false).containsEntry("drain_intent", "draining");
    assertThat(build("b-2").get("rolled_back_at")).isNotNull();
    assertThat(build("b-1")).containsEntry("new_start_selected", true);
    start("three");
    assertThat(given("old")).isEqualTo("three");
    // Promoting workers without a build lets everybody have new runs.
    act("promote", null);
    start("four");
    assertThat(wire.get("/workflows/four").is(200).at("compatibility")).isNull();
    assertThat(given("any")).isEqualTo("four");
  }

  @Test
  void aWebhookStartsOnThePromotedBuildToo() {
    act("promote", "b-2");
    String id = wire.post("/bridge-adapters/webhook/shop", "action", "start_workflow", "idempotency_key", "e", "target",
        Json.of("workflow_type", "t", "task_queue", "q")).is(202).text("workflow_id");
    assertThat(given("old")).isNull();
    assertThat(given("new")).isEqualTo(id);
  }
}
