package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker that takes histories in pages sees what one sees that takes them whole. */
class TaskPagesTest {
  static Wire wire;

  private String queue;
  private String ann;
  private String id;
  private String run;

  @BeforeAll
  static void open(@TempDir Path folder) {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--auth-token", "sesame");
  }

  @AfterAll
  static void close() {
    wire.close();
  }

  @BeforeEach
  void aRun() {
    queue = "q-" + UUID.randomUUID();
    ann = "ann-" + queue;
    id = "w-" + UUID.randomUUID();
    wire.register(ann, queue);
    run = wire.start("order", id, queue);
  }

  private Map<String, @Nullable Object> task(@Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.of("worker_id", ann, "task_queue", queue, "timeout_seconds", 5);
    body.putAll(Json.of(more));
    return Json.object(wire.send(wire.request("/worker/workflow-tasks/poll").header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body)))).is(200).at("task"));
  }

  private Wire.Got history(Map<String, @Nullable Object> task, Object token, @Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.of("lease_owner", ann, "workflow_task_attempt",
        task.get("workflow_task_attempt"), "next_history_page_token", token);
    body.putAll(Json.of(more));
    return wire.send(wire.request("/worker/workflow-tasks/" + task.get("task_id") + "/history")
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body))));
  }

  private List<List<Map<String, @Nullable Object>>> pages(Map<String, @Nullable Object> task) {
    List<List<Map<String, @Nullable Object>>> pages = new ArrayList<>(List.of(Wire.history(task)));
    Object token = task.get("next_history_page_token");
    while (token != null) {
      Wire.Got page = history(task, token).is(200);
      pages.add(Json.list(page.at("history_events")).stream().map(Json::object).toList());
      token = page.at("next_history_page_token");
    }
    return pages;
  }

  private static List<Map<String, @Nullable Object>> joined(List<List<Map<String, @Nullable Object>>> pages) {
    return pages.stream().flatMap(List::stream).toList();
  }

  private static Object timer() {
    return Json.of("type", "start_timer", "delay_seconds", 0);
  }

  private static Object condition(String key) {
    return Json.of("type", "open_condition_wait", "condition_key", key, "condition_definition_fingerprint", "sha256:1");
  }

  /** A run with a signal that came under a lease, an open wait, and an update that its program has not looked at. */
  private void story() {
    Map<String, @Nullable Object> first = task();
    wire.post("/workflows/" + id + "/signal/early").is(202);
    wire.complete(first, Json.of("type", "record_side_effect", "result", "wwHioz3/VYAiNwQO"), timer()).is(200);
    Map<String, @Nullable Object> second = task();
    wire.post("/workflows/" + id + "/signal/late").is(202);
    wire.complete(second, condition("paid")).is(200);
    wire.complete(task(), condition("paid")).is(200);
    wire.post("/workflows/" + id + "/update/pay", "input", List.of(7)).is(202);
  }

  @Test
  void pagesShowTheWholeHistoryInItsOrderWithTheUpdateAtItsEnd() {
    story();
    Map<String, @Nullable Object> paged = task("history_page_size", 3);
    var pages = pages(paged);
    assertThat(pages).allSatisfy(page -> assertThat(page).hasSizeLessThanOrEqualTo(4));
    assertThat(pages).hasSizeGreaterThan(2);
    wire.delete("/worker/registrations/" + ann).is(200);
    wire.register(ann, queue);
    Map<String, @Nullable Object> whole = task();
    assertThat(whole.get("next_history_page_token")).isNull();
    assertThat(joined(pages)).isEqualTo(Wire.history(whole));
    assertThat(paged.get("total_history_events")).isEqualTo(Wire.history(whole).size() + 0L)
        .isEqualTo(whole.get("total_history_events"));
    assertThat(Wire.history(whole).getLast()).containsEntry("event_type", "UpdateAccepted");
    assertThat(whole.get("workflow_update_id")).isEqualTo(paged.get("workflow_update_id")).isNotNull();
  }

  @Test
  void thePageSizeCanBeAnotherOneWithEachPage() {
    story();
    Map<String, @Nullable Object> task = task("history_page_size", 2);
    assertThat(Wire.history(task)).hasSize(2);
    Wire.Got page = history(task, task.get("next_history_page_token"), "history_page_size", 5).is(200);
    assertThat(Json.list(page.at("history_events"))).hasSize(5);
    assertThat(Json.list(history(task, "MA==", "history_page_size", 4).is(200).at("history_events"))).hasSize(4)
        .isEqualTo(joined(pages(task)).subList(0, 4));
  }

  @Test
  void aTokenOfAnotherRunOrOfNobodyIsRefused() {
    story();
    Map<String, @Nullable Object> task = task("history_page_size", 2);
    Object token = task.get("next_history_page_token");
    history(task, "nonsense").refused(400, "invalid_page_token");
    history(task, token + "x").refused(400, "invalid_page_token");
    wire.complete(task, Json.of("type", "complete_update", "update_id", task.get("workflow_update_id"), "result", null))
        .is(200);
    String other = "w-" + UUID.randomUUID();
    wire.post("/workflows/" + id + "/terminate").is(200);
    wire.start("order", other, queue);
    history(task("history_page_size", 2), token).refused(400, "invalid_page_token");
  }

  @Test
  void aPageOfALeaseThatWasLostIsRefused() {
    story();
    Map<String, @Nullable Object> task = task("history_page_size", 2);
    wire.post("/workflows/" + id + "/terminate").is(200);
    history(task, task.get("next_history_page_token")).is(409);
  }

  @Test
  void aHistoryLongerThanAGrantCarriesIsPaged() {
    Object[] many = new Object[901];
    for (int i = 0; i < 900; i++) many[i] = Json.of("type", "record_side_effect", "result", "wwHioz3/VYAiNwQO");
    many[900] = timer();
    for (int i = 0; i < 3; i++) wire.complete(task(), many).is(200);
    Map<String, @Nullable Object> paged = task("history_page_size", 500);
    var pages = pages(paged);
    assertThat(pages).extracting(List::size).containsExactly(500, 500, 500, 500, 500, 208);
    assertThat(paged.get("last_history_sequence")).isEqualTo(2_708L);
    wire.delete("/worker/registrations/" + ann).is(200);
    wire.register(ann, queue);
    assertThat(joined(pages)).isEqualTo(Wire.history(task()));
  }

  // ---- operators

  private List<List<Map<String, @Nullable Object>>> operatorsPages(int size) {
    List<List<Map<String, @Nullable Object>>> pages = new ArrayList<>();
    String token = "";
    while (token != null) {
      Wire.Got page = wire.get("/workflows/" + id + "/runs/" + run + "/history?page_size=" + size + "&next_page_token="
          + token).is(200);
      pages.add(Json.list(page.at("events")).stream().map(Json::object).toList());
      token = (String) page.at("next_page_token");
    }
    return pages;
  }

  @Test
  void operatorsPagesShowTheWholeHistory() {
    story();
    for (int size : new int[] {1, 2, 5, 9, 100}) {
      var pages = operatorsPages(size);
      assertThat(pages).allSatisfy(page -> assertThat(page).hasSizeBetween(1, size));
      assertThat(joined(pages)).isEqualTo(wire.events(id, run));
    }
  }

  @Test
  void theEndByADeadlineIsTwoEventsThatMayBeOnTwoPages() {
    String late = wire.post("/workflows", "workflow_type", "order", "workflow_id", id + "-late", "task_queue", queue,
        "run_timeout_seconds", 1).is(201).text("run_id");
    wire.get("/workflows/" + id + "-late/runs/" + late + "/history?wait_new_event=true&next_page_token=2").is(200);
    id = id + "-late";
    run = late;
    assertThat(wire.eventTypes(id, run)).endsWith("WorkflowTimedOut", "WorkflowFailed");
    for (int size : new int[] {1, 2, 3, 4}) {
      assertThat(joined(operatorsPages(size))).isEqualTo(wire.events(id, run));
    }
  }

  @Test
  void aNumberIsATokenToo() {
    story();
    assertThat(Json.list(wire.get("/workflows/" + id + "/runs/" + run + "/history?page_size=3&next_page_token=4").is(200)
        .at("events")).stream().map(Json::object).toList()).isEqualTo(wire.events(id, run).subList(4, 7));
  }
}
