package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schedules over HTTP, under a clock that the test owns. */
class ScheduleRoutesTest {
  private static final Instant NOON = Instant.parse("2027-03-01T12:00:00Z");
  private static final Map<String, Object> HOURLY = Map.of("cron_expressions", List.of("0 * * * *"));
  private static final Map<String, Object> ORDER = Map.of("workflow_type", "order", "task_queue", "q");

  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private Wire wire;

  @BeforeEach
  void open(@TempDir Path folder) {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), settings -> {
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

  private void hourly(String id, @Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.of("schedule_id", id, "spec", HOURLY, "action", ORDER);
    body.putAll(Json.of(more));
    assertThat(send("POST", "/schedules", body).is(201).body()).containsEntry("schedule_id", id)
        .containsEntry("outcome", "created");
  }

  private Wire.Got send(String method, String path, Map<String, ?> body) {
    return wire.send(wire.request(path).header("Content-Type", "application/json")
        .method(method, HttpRequest.BodyPublishers.ofByteArray(Json.write(body))));
  }

  private Wire.Got seen(String id) {
    return wire.get("/schedules/" + id).is(200);
  }

  private List<String> history(String id) {
    return Json.list(wire.get("/schedules/" + id + "/history").is(200).at("events")).stream()
        .map(event -> (String) Json.object(event).get("event_type")).toList();
  }

  @Test
  void aScheduleIsSaidToBeWhatItIs() {
    hourly("nightly", "overlap_policy", "buffer_one", "jitter_seconds", 0, "max_runs", 3, "note", "by ann", "memo",
        Map.of("team", "red"), "search_attributes", Map.of("Region", "eu"), "action", Map.of("workflow_type", "order",
            "input", List.of(1, "a"), "execution_timeout_seconds", 60, "run_timeout_seconds", 30));
    Wire.Got got = seen("nightly");
    assertThat(got.body()).containsEntry("status", "active").containsEntry("note", "by ann")
        .containsEntry("overlap_policy", "buffer_one").containsEntry("max_runs", 3L)
        .containsEntry("remaining_actions", 3L).containsEntry("fires_count", 0L).containsEntry("failures_count", 0L)
        .containsEntry("next_fire_at", "2027-03-01T13:00:00.000000Z").containsEntry("last_fired_at", null)
        .containsEntry("paused_at", null).containsEntry("latest_workflow_instance_id", null)
        .containsEntry("memo", Map.of("team", "red")).containsEntry("search_attributes", Map.of("Region", "eu"))
        .containsEntry("created_at", "2027-03-01T12:00:00.000000Z");
    assertThat(got.at("spec.cron_expressions")).isEqualTo(List.of("0 * * * *"));
    assertThat(got.at("spec.timezone")).isEqualTo("UTC");
    assertThat(got.at("action.workflow_type")).isEqualTo("order");
    assertThat(got.at("action.task_queue")).isEqualTo("default");
    assertThat(got.at("action.input")).isEqualTo(List.of(1L, "a"));
    assertThat(got.at("action.execution_timeout_seconds")).isEqualTo(60L);
    assertThat(got.at("state.status")).isEqualTo("active");
    assertThat(got.at("state.paused")).isEqualTo(false);
    assertThat(got.at("info.next_fires")).isEqualTo(List.of("2027-03-01T13:00:00.000000Z",
        "2027-03-01T14:00:00.000000Z", "2027-03-01T15:00:00.000000Z", "2027-03-01T16:00:00.000000Z",
        "2027-03-01T17:00:00.000000Z"));
    pass(Duration.ofHours(1));
    Wire.Got fired = seen("nightly");
    assertThat(fired.body()).containsEntry("fires_count", 1L).containsEntry("remaining_actions", 2L)
        .containsEntry("last_fired_at", "2027-03-01T13:00:00.000000Z")
        .containsEntry("latest_workflow_instance_id", "nightly-2027-03-01T13:00:00Z");
    Wire.Got run = wire.get("/workflows/nightly-2027-03-01T13:00:00Z").is(200);
    assertThat(run.body()).containsEntry("memo", Map.of("team", "red"))
        .containsEntry("search_attributes", Map.of("Region", "eu")).containsEntry("input", List.of(1L, "a"));
    assertThat(fired.at("info.recent_actions.0.run_id")).isEqualTo(run.at("run_id"));
  }

  @Test
  void everyKindOfSpecIsTakenAndShown() {
    Map<String, Object> spec = Map.of("intervals", List.of(Map.of("every", "PT30M", "offset", "PT5M")), "calendars",
        List.of(Map.of("hour", 9, "day_of_week", "FRI")), "exclusions", List.of(Map.of("month", 12, "day_of_month", 25)),
        "timezone", "Europe/Berlin", "window", Map.of("from", "2027-01-01T00:00:00Z"), "clock_change",
        Map.of("gap", "skipped", "repeat", "both"));
    hourly("s", "spec", spec, "catchup_window_seconds", 600);
    Wire.Got got = seen("s");
    assertThat(got.at("spec.intervals.0.every")).isEqualTo("PT30M");
    assertThat(got.at("spec.intervals.0.offset")).isEqualTo("PT5M");
    assertThat(got.at("spec.calendars.0.hour")).isEqualTo("9");
    assertThat(got.at("spec.exclusions.0.month")).isEqualTo("12");
    assertThat(got.at("spec.window.from")).isEqualTo("2027-01-01T00:00:00.000000Z");
    assertThat(got.at("spec.clock_change.gap")).isEqualTo("skipped");
    assertThat(got.at("catchup_window_seconds")).isEqualTo(600L);
    assertThat(got.at("next_fire_at")).isEqualTo("2027-03-01T12:05:00.000000Z");
  }

  @Test
  void aScheduleMayHandJobsIn() {
    Map<String, @Nullable Object> action = Json.of("job_type", "stock.sync", "payload", Map.of("sku", 7), "priority", 3);
    hourly("s", "action", action);
    assertThat(Json.object(seen("s").at("action"))).containsEntry("job_type", "stock.sync").containsEntry("priority", 3L)
        .containsEntry("payload", Map.of("sku", 7L));
    send("PUT", "/schedules/s", Map.of("action", Map.of("payload", Map.of("sku", 8)))).is(200);
    pass(Duration.ofHours(1));
    assertThat(wire.server.engine().jobs().find("default", "stock.sync", "s-2027-03-01T13:00:00Z"))
        .hasValueSatisfying(job -> {
          assertThat(job.spec().payload().text()).isEqualTo("{\"sku\":8}");
          assertThat(job.spec().priority()).isEqualTo(3);
        });
    assertThat(wire.get("/schedules").at("schedules.0.workflow_type")).isNull();
    for (Map<String, ?> bad : List.of(Map.of("job_type", "x", "workflow_type", "y"), Map.of("job_type", 7),
        Map.of("job_type", "x", "priority", 10))) {
      send("POST", "/schedules", Map.of("spec", HOURLY, "action", bad)).refused(422, "validation_failed");
    }
    send("POST", "/schedules", Map.of("spec", HOURLY, "action", action, "overlap_policy", "terminate_other"))
        .refused(422, "validation_failed");
    send("POST", "/schedules", Map.of("spec", HOURLY, "action", action, "memo", Map.of("a", 1)))
        .refused(422, "validation_failed");
  }

  @Test
  void anUpdateChangesWhatIsGivenAndKeepsTheRest() {
    hourly("s", "memo", Map.of("a", 1), "max_runs", 5, "action",
        Map.of("workflow_type", "order", "task_queue", "q", "input", List.of(7)));
    assertThat(send("PUT", "/schedules/s", Map.of("action", Map.of("workflow_type", "report"), "note", "changed")).is(200)
        .body()).containsEntry("outcome", "updated");
    Wire.Got got = seen("s");
    assertThat(got.at("action.workflow_type")).isEqualTo("report");
    assertThat(got.at("action.task_queue")).isEqualTo("q");
    assertThat(got.at("action.input")).isEqualTo(List.of(7L));
    assertThat(got.body()).containsEntry("note", "changed").containsEntry("max_runs", 5L)
        .containsEntry("memo", Map.of("a", 1L)).containsEntry("overlap_policy", "skip");
    send("PUT", "/schedules/s", Map.of("spec", Map.of("cron_expressions", List.of("30 * * * *")), "overlap_policy",
        "allow_all")).is(200);
    pass(Duration.ofHours(1));
    assertThat(seen("s").at("latest_workflow_instance_id")).isEqualTo("s-2027-03-01T12:30:00Z");
    send("PUT", "/schedules/s", Json.of("max_runs", null)).is(200);
    assertThat(seen("s").at("remaining_actions")).isNull();
    send("PUT", "/schedules/none", Map.of("note", "x")).refused(404, "schedule_not_found");
  }

  @Test
  void pauseAndResume() {
    hourly("s");
    assertThat(wire.post("/schedules/s/pause", "note", "holidays").is(200).body()).containsEntry("outcome", "paused");
    assertThat(seen("s").body()).containsEntry("status", "paused").containsEntry("note", "holidays")
        .containsEntry("paused_at", "2027-03-01T12:00:00.000000Z").containsEntry("next_fire_at", null);
    pass(Duration.ofHours(2));
    assertThat(wire.post("/schedules/s/resume").is(200).body()).containsEntry("outcome", "resumed");
    pass(Duration.ofHours(1));
    assertThat(history("s")).containsExactly("ScheduleCreated", "SchedulePaused", "ScheduleTriggerSkipped",
        "ScheduleResumed", "ScheduleTriggered");
    assertThat(seen("s").at("info.last_skip_reason")).isEqualTo("paused");
  }

  @Test
  void aTriggerSaysWhatCameOfIt() {
    hourly("s", "overlap_policy", "buffer_one");
    Wire.Got first = wire.post("/schedules/s/trigger").is(200);
    assertThat(first.body()).containsEntry("outcome", "triggered");
    assertThat(wire.get("/workflows/" + first.at("workflow_id")).is(200).at("run_id")).isEqualTo(first.at("run_id"));
    assertThat(wire.post("/schedules/s/trigger").is(200).body()).containsEntry("outcome", "buffered")
        .containsEntry("buffer_depth", 1L);
    assertThat(wire.post("/schedules/s/trigger").is(200).body()).containsEntry("outcome", "buffer_full")
        .containsEntry("reason", "buffer_full");
    assertThat(wire.post("/schedules/s/trigger", "overlap_policy", "skip").is(200).body())
        .containsEntry("outcome", "skipped").containsEntry("reason", "run_open");
    assertThat(Json.object(seen("s").at("info"))).containsEntry("skipped_trigger_count", 2L)
        .containsEntry("last_skip_reason", "run_open");
    assertThat(wire.post("/schedules/s/trigger", "overlap_policy", "terminate_other").is(200).body())
        .containsEntry("outcome", "triggered");
    pass(Duration.ZERO);
    assertThat(wire.get("/workflows/" + first.at("workflow_id")).is(200).at("status")).isEqualTo("terminated");
  }

  @Test
  void cancelOtherClosesWhatRuns() {
    hourly("s", "overlap_policy", "cancel_other");
    Wire.Got first = wire.post("/schedules/s/trigger").is(200);
    assertThat(wire.post("/schedules/s/trigger").is(200).body()).containsEntry("outcome", "buffered");
    pass(Duration.ZERO);
    assertThat(wire.get("/workflows/" + first.at("workflow_id")).is(200).at("status")).isEqualTo("cancelled");
    assertThat(seen("s").body()).containsEntry("fires_count", 2L);
  }

  @Test
  void aBackfillFiresForTheRangeWithoutItsEnd() {
    hourly("s");
    Wire.Got got = wire.post("/schedules/s/backfill", "start_time", "2027-03-01T09:00:00Z", "end_time",
        "2027-03-01T13:00:00+01:00", "overlap_policy", "allow_all").is(200);
    assertThat(got.body()).containsEntry("outcome", "backfill_started").containsEntry("fires_attempted", 3L);
    assertThat(got.at("results.0.fire_time")).isEqualTo("2027-03-01T09:00:00.000000Z");
    assertThat(got.at("results.2.outcome")).isEqualTo("started");
    wire.get("/workflows/" + got.at("results.2.workflow_id")).is(200);
    assertThat(wire.post("/schedules/s/backfill", "start_time", "2027-03-01T09:00:00Z", "end_time",
        "2027-03-01T11:00:00Z").is(200).at("results.1.outcome")).isEqualTo("skipped");
    wire.post("/schedules/s/backfill", "start_time", "2027-03-01T09:00:00Z", "end_time", "2027-03-01T08:00:00Z")
        .refused(422, "invalid_time_range");
    wire.post("/schedules/s/backfill", "start_time", "yesterday", "end_time", "2027-03-01T08:00:00Z")
        .refused(422, "validation_failed");
    wire.post("/schedules/s/backfill", "start_time", "2027-03-01T08:00:00Z").refused(422, "validation_failed");
  }

  @Test
  void theHistoryIsPagedAndOutlivesTheSchedule() {
    hourly("s");
    wire.post("/schedules/s/pause").is(200);
    wire.post("/schedules/s/resume").is(200);
    wire.post("/schedules/s/trigger").is(200);
    assertThat(wire.delete("/schedules/s").is(200).body()).containsEntry("outcome", "deleted");
    wire.get("/schedules/s").refused(404, "schedule_not_found");
    wire.delete("/schedules/s").refused(404, "schedule_not_found");
    Wire.Got first = wire.get("/schedules/s/history?limit=3").is(200);
    assertThat(first.body()).containsEntry("has_more", true).containsEntry("next_cursor", 3L)
        .containsEntry("namespace", "default");
    Wire.Got rest = wire.get("/schedules/s/history?limit=3&after_sequence=3").is(200);
    assertThat(rest.body()).containsEntry("has_more", false).containsEntry("next_cursor", null);
    assertThat(rest.at("events.0.event_type")).isEqualTo("ScheduleTriggered");
    assertThat(rest.at("events.0.workflow_run_id")).isNotNull();
    assertThat(rest.at("events.0.payload.trigger")).isEqualTo("trigger");
    assertThat(rest.at("events.1.event_type")).isEqualTo("ScheduleDeleted");
    wire.get("/schedules/s/history?after_sequence=-1").refused(422, "invalid_after_sequence");
    wire.get("/schedules/s/history?after_sequence=x").refused(422, "invalid_after_sequence");
    wire.get("/schedules/never/history").refused(404, "schedule_not_found");
  }

  @Test
  void schedulesAreListedAndFiltered() {
    wire.post("/search-attributes", "name", "Region", "type", "keyword").is(201);
    for (int i = 0; i < 5; i++) {
      hourly("s-" + i, "search_attributes", Map.of("Region", i % 2 == 0 ? "eu" : "us"), "paused", i == 4);
      pass(Duration.ofSeconds(1));
    }
    List<Object> ids = new ArrayList<>();
    String token = "";
    do {
      Wire.Got page = wire.get("/schedules?page_size=2" + (token.isEmpty() ? "" : "&next_page_token=" + token)).is(200);
      Json.list(page.at("schedules")).forEach(line -> ids.add(Json.object(line).get("schedule_id")));
      token = page.text("next_page_token");
    } while (token != null);
    assertThat(ids).containsExactly("s-4", "s-3", "s-2", "s-1", "s-0");
    assertThat(wire.get("/schedules?status=paused").at("schedule_count")).isEqualTo(1L);
    assertThat(wire.get("/schedules?status=active&workflow_type=order").at("schedule_count")).isEqualTo(4L);
    assertThat(wire.get("/schedules?workflow_type=none").at("schedule_count")).isEqualTo(0L);
    Wire.Got eu = wire.get("/schedules?query=Region%20%3D%20%22eu%22%20AND%20Status%20%3D%20'active'").is(200);
    assertThat(eu.at("schedule_count")).isEqualTo(2L);
    assertThat(eu.at("schedules.0.next_fire")).isEqualTo("2027-03-01T13:00:00.000000Z");
    assertThat(eu.at("schedules.0.workflow_type")).isEqualTo("order");
    assertThat(eu.at("schedules.0.paused")).isEqualTo(false);
  }

  @Test
  void whatIsWrongWithAListIsSaid() {
    hourly("a");
    hourly("b");
    assertThat(wire.get("/schedules?status=sleeping").refused(422, "unsupported_schedule_list_filter").body())
        .containsEntry("field", "status").containsKeys("errors", "validation_errors", "last_safe_cursor");
    wire.get("/schedules?color=red").refused(422, "unsupported_schedule_list_filter");
    wire.get("/schedules?query=nonsense").refused(422, "invalid_schedule_visibility_query");
    wire.get("/schedules?query=Status%20!%3D%20'x'").refused(422, "unsupported_schedule_visibility_predicate");
    wire.get("/schedules?query=Status%3D'x'%20OR%20Status%3D'y'").refused(422, "unsupported_schedule_visibility_predicate");
    wire.get("/schedules?query=Color%20%3D%20'x'").refused(422, "unsupported_schedule_visibility_field");
    wire.get("/schedules?next_page_token=xyz").refused(400, "malformed_schedule_page_token");
    String token = wire.get("/schedules?page_size=1").is(200).text("next_page_token");
    char flipped = token.charAt(4) == 'A' ? 'B' : 'A';
    wire.get("/schedules?next_page_token=" + token.substring(0, 4) + flipped + token.substring(5))
        .refused(400, "malformed_schedule_page_token");
    wire.get("/schedules?status=active&next_page_token=" + token).refused(409, "schedule_page_token_filter_mismatch");
    wire.post("/namespaces", "name", "other").is(201);
    wire.send(wire.request("/schedules?page_size=1&next_page_token=" + token).header("X-Namespace", "other").GET())
        .refused(403, "schedule_page_token_namespace_mismatch");
  }

  @Test
  void anIdIsTakenOnceAndMadeUpIfAbsent() {
    hourly("s");
    send("POST", "/schedules", Map.of("schedule_id", "s", "spec", HOURLY, "action", ORDER))
        .refused(409, "schedule_already_exists");
    assertThat(send("POST", "/schedules", Map.of("spec", HOURLY, "action", ORDER)).is(201).text("schedule_id"))
        .isNotBlank();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      {"action":{"workflow_type":"t"}}                                                              | spec
      {"spec":{"cron_expressions":["* * * * *"]}}                                                   | action
      {"spec":{},"action":{"workflow_type":"t"}}                                                    | spec
      {"spec":{"cron_expressions":["* * *"]},"action":{"workflow_type":"t"}}                        | spec.cron_expressions[0]
      {"spec":{"cron_expressions":["0 0 30 2 *"]},"action":{"workflow_type":"t"}}                   | spec.cron_expressions[0]
      {"spec":{"cron_expressions":"* * * * *"},"action":{"workflow_type":"t"}}                      | spec.cron_expressions
      {"spec":{"intervals":[{"every":"P1M"}]},"action":{"workflow_type":"t"}}                       | spec.intervals[0].every
      {"spec":{"intervals":[{"offset":"PT1S"}]},"action":{"workflow_type":"t"}}                     | spec.intervals[0].every
      {"spec":{"cron_expressions":["@daily"],"timezone":"Mars"},"action":{"workflow_type":"t"}}     | spec.timezone
      {"spec":{"calendars":[{"moon":"full"}]},"action":{"workflow_type":"t"}}                       | spec.calendars[0].moon
      {"spec":{"cron_expressions":["@daily"],"clock_change":{"gap":"x"}},"action":{"workflow_type":"t"}} | spec.clock_change.gap
      {"spec":{"cron_expressions":["@daily"]},"action":{}}                                          | action.workflow_type
      {"spec":{"cron_expressions":["@daily"]},"action":{"workflow_type":7}}                         | action.workflow_type
      {"spec":{"cron_expressions":["@daily"]},"action":{"workflow_type":"t","run_timeout_seconds":0}} | action.run_timeout_seconds
      {"spec":{"cron_expressions":["@daily"]},"action":{"workflow_type":"t"},"overlap_policy":"x"}  | overlap_policy
      {"spec":{"cron_expressions":["@daily"]},"action":{"workflow_type":"t"},"jitter_seconds":3601} | jitter_seconds
      {"spec":{"cron_expressions":["@daily"]},"action":{"workflow_type":"t"},"max_runs":0}          | max_runs
      {"spec":{"cron_expressions":["@daily"]},"action":{"workflow_type":"t"},"paused":"yes"}        | paused
      {"spec":{"cron_expressions":["@daily"]},"action":{"workflow_type":"t"},"schedule_id":"a b"}   | schedule_id
      {"spec":{"cron_expressions":["@daily"]},"action":{"workflow_type":"t"},"search_attributes":{"1x":1}} | search_attributes""")
  void whatIsWrongIsSaidByField(String body, String field) {
    Wire.Got got = send("POST", "/schedules", Json.stored(body)).refused(422, "validation_failed");
    assertThat(Json.object(got.at("errors"))).containsOnlyKeys(field);
    assertThat(wire.get("/schedules").at("schedule_count")).isEqualTo(0L);
  }

  @Test
  void aMemoHasALimit() {
    send("POST", "/schedules", Map.of("spec", HOURLY, "action", ORDER, "memo", Map.of("x", "y".repeat(262_144))))
        .refused(422, "memo_too_large");
  }

  @Test
  void theServerSaysThatItCan() {
    assertThat(wire.get("/cluster/info").is(200).at("capabilities.schedules")).isEqualTo(true);
    Wire.Got described = wire.get("/openapi.json").is(200);
    assertThat(Json.object(described.at("paths")).keySet()).contains("/api/schedules", "/api/schedules/{schedule_id}",
        "/api/schedules/{schedule_id}/trigger", "/api/schedules/{schedule_id}/backfill",
        "/api/schedules/{schedule_id}/history");
  }
}
