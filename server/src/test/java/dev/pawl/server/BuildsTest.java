package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
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
  void soAreRunsThatSchedulesAndJavaClientsStart() {
    act("promote", "b-1");
    wire.post("/schedules", "schedule_id", "s", "spec", Json.of("intervals", List.of(Json.of("every", "PT24H"))),
        "overlap_policy", "allow_all", "action", Json.of("workflow_type", "t", "task_queue", "q")).is(201);
    wire.post("/schedules/s/trigger").is(200);
    ControlApi java = wire.server.engine().control();
    java.start(ControlApi.Start.of("default", "java", "t", "q", null));
    java.start(ControlApi.Start.of("default", "elsewhere", "t", "other", null));
    assertThat(given("new")).isNull();
    assertThat(given("any")).isNull();
    assertThat(List.of(String.valueOf(given("old")), String.valueOf(given("old")))).contains("java")
        .anyMatch(id -> id.startsWith("s"));
    assertThat(wire.get("/workflows/elsewhere").is(200).at("compatibility")).isNull();
    // What was made before a promotion begins under the one that holds when it fires.
    act("promote", "b-2");
    wire.post("/schedules/s/trigger").is(200);
    assertThat(given("old")).isNull();
    assertThat(given("new")).startsWith("s");
    java.start(ControlApi.Start.of("default", "java-2", "t", "q", null));
    // Drained, it gets nothing new, and new starts go to the one before; its runs wait.
    act("drain", "b-2");
    assertThat(given("new")).isNull();
    java.start(ControlApi.Start.of("default", "java-3", "t", "q", null));
    assertThat(given("old")).isEqualTo("java-3");
    act("resume", "b-2");
    assertThat(given("new")).isEqualTo("java-2");
  }

  @Test
  void aChildOnItsParentsQueueStaysWithItsBuildWhateverIsPromoted() {
    act("promote", "b-1");
    ControlApi java = wire.server.engine().control();
    java.start(ControlApi.Start.of("default", "parent", "t", "q", null));
    act("promote", "b-2");
    wire.complete(wire.task("old", "q"), Json.of("type", "start_child_workflow", "workflow_type", "child")).is(200);
    Map<String, @Nullable Object> child = wire.task("workflow-tasks", "old", "q", 20);
    assertThat(child).isNotNull().containsEntry("workflow_type", "child");
  }

  @Test
  void aWebhookStartsOnThePromotedBuildToo() {
    act("promote", "b-2");
    String id = wire.post("/bridge-adapters/webhook/shop", "action", "start_workflow", "idempotency_key", "e", "target",
        Json.of("workflow_type", "t", "task_queue", "q")).is(202).text("workflow_id");
    assertThat(given("old")).isNull();
    assertThat(given("new")).isEqualTo(id);
  }

  @Test
  void whoOfOneBuildRunsOtherCodeIsToldByTheFingerprints() {
    wire.register("old", "q", "build_id", "b-1", "workflow_definition_fingerprints", Json.of("a", "x", "b", "x"));
    wire.register("old-too", "q", "build_id", "b-1", "workflow_definition_fingerprints", Json.of("a", "y", "b", "x"));
    wire.register("new", "q", "build_id", "b-2", "workflow_definition_fingerprints", Json.of("a", "z"));
    assertThat(build("b-1")).containsEntry("workflow_definition_fingerprint_count", 3L)
        .containsEntry("workflow_definition_fingerprint_conflicts",
            List.of(Map.of("workflow_type", "a", "fingerprint_count", 2L)));
    assertThat(build("b-2")).containsEntry("workflow_definition_fingerprint_count", 1L)
        .containsEntry("workflow_definition_fingerprint_conflicts", List.of());
    assertThat(build(null)).containsEntry("workflow_definition_fingerprint_count", 0L);
  }

  private Wire.Got asked(String id, @Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.of("workflow_type", "t", "workflow_id", id, "task_queue", "q");
    body.putAll(Json.of(more));
    return wire.post("/workflows", body.entrySet().stream().flatMap(it -> Stream.of(it.getKey(), it.getValue()))
        .toArray());
  }

  @Test
  void aStartChoosesWhetherItStaysWithABuild() {
    asked("early", "versioning_behavior", "pinned").refused(422, "validation_failed");
    act("promote", "b-1");
    asked("pinned", "versioning_behavior", "pinned").is(201);
    asked("named", "versioning_behavior", "pinned", "build_id", "b-2").is(201);
    asked("free", "versioning_behavior", "auto_upgrade").is(201);
    asked("both", "versioning_behavior", "auto_upgrade", "build_id", "b-2").refused(422, "validation_failed");
    asked("nonsense", "versioning_behavior", "sometimes").refused(422, "validation_failed");
    asked("star", "build_id", "*").refused(422, "validation_failed");
    assertThat(wire.get("/workflows/pinned").at("compatibility")).isEqualTo("b-1");
    assertThat(wire.get("/workflows/named").at("compatibility")).isEqualTo("b-2");
    assertThat(wire.get("/workflows/free").at("compatibility")).isNull();
    // Not even workers of the promoted build are needed for it; those of a drained one do not get it.
    act("drain", "b-2");
    assertThat(given("new")).isNull();
    assertThat(given("any")).isEqualTo("free");
    assertThat(given("old")).isEqualTo("pinned");
    act("resume", "b-2");
    assertThat(given("new")).isEqualTo("named");
  }

  @Test
  void javaProgramsChooseToo() {
    act("promote", "b-1");
    ControlApi java = wire.server.engine().control();
    java.start(new ControlApi.Start("default", "free", "t", "q", null,
        new StartOptions(null, null, Duration.ofSeconds(10), null, Duration.ZERO, 5, StartOptions.ANY_BUILD, Map.of(),
            Map.of(), Map.of()), ReusePolicy.ALLOW, ConflictPolicy.FAIL, null, null, null));
    assertThat(given("any")).isEqualTo("free");
  }

  @Test
  void workersInJavaGetNothingNewOfADrainedBuildAndKeepWhatTheyHave() {
    WorkerApi java = wire.server.engine().worker();
    SessionId old = SessionId.random();
    SessionId next = SessionId.random();
    java.open(new WorkerApi.OpenSession(old, "old", 10, "b-1"));
    java.open(new WorkerApi.OpenSession(next, "next", 10, "b-2"));
    start("before");
    var held = java.pollWorkflows(poll(old)).getFirst();
    act("drain", "b-1");
    start("after");
    assertThat(java.pollWorkflows(poll(old))).isEmpty();
    java.replayed(held.token(), old, 2, List.of(new Command.ScheduleActivity(1, "act", null,
        new ActivityOptions("q", null, Duration.ofMinutes(1), null, null, RetryPolicy.NEVER, 5), Map.of())));
    assertThat(java.pollActivities(poll(old))).isEmpty();
    assertThat(java.pollWorkflows(poll(next))).singleElement()
        .satisfies(grant -> assertThat(grant.workflowId()).isEqualTo("after"));
    assertThat(java.pollActivities(poll(next))).hasSize(1);
    act("resume", "b-1");
    start("again");
    assertThat(java.pollWorkflows(poll(old))).hasSize(1);
  }

  private static WorkerApi.Poll poll(SessionId session) {
    return new WorkerApi.Poll(session, "default", "q", Set.of(), 10, Duration.ZERO, null);
  }
}
