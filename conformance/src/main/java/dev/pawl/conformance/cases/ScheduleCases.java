package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Schedules: section 6.8. Fires are made by hand; when a schedule fires by itself is asked for once. */
final class ScheduleCases {
  private static final String ROUTE = "/schedules";

  private ScheduleCases() {}

  static void add(Suite suite) {
    create(suite.section("6.8", "Schedules", Feature.SCHEDULES));
    fields(suite.section("6.8", "Schedules", Feature.SCHEDULES));
    look(suite.section("6.8", "Schedules", Feature.SCHEDULES));
    change(suite.section("6.8", "Schedules", Feature.SCHEDULES));
    fire(suite.section("6.8", "Schedules", Feature.SCHEDULES));
    overlap(suite.section("6.8", "Schedules", Feature.SCHEDULES));
    backfill(suite.section("6.8", "Schedules", Feature.SCHEDULES));
    history(suite.section("6.8", "Schedules", Feature.SCHEDULES));
  }

  private static Map<String, @Nullable Object> yearly() {
    return Json.of("cron_expressions", List.of("0 0 1 1 *"), "timezone", "UTC");
  }

  private static Map<String, @Nullable Object> body(Scene s, String id, @Nullable Object... more) {
    return Json.with(Json.of("schedule_id", id, "spec", yearly(), "action", Json.of("workflow_type", s.type(),
        "task_queue", s.queue())), more);
  }

  private static Answer made(Scene s, String id, @Nullable Object... more) {
    return s.operator().body("POST", ROUTE, body(s, id, more));
  }

  /** A schedule that fires once a year, which the case fires by hand. */
  private static String schedule(Scene s, @Nullable Object... more) {
    String id = s.name("schedule");
    made(s, id, more).is(201);
    return id;
  }

  private static Answer post(Scene s, String id, String verb, @Nullable Object... namesAndValues) {
    return s.operator().post(ROUTE + "/" + id + "/" + verb, namesAndValues);
  }

  private static Answer detail(Scene s, String id) {
    return s.operator().get(ROUTE + "/" + id).is(200);
  }

  private static void create(Suite.Section section) {
    section.check("create", "a schedule is created", s -> {
      String id = s.name("schedule");
      made(s, id).is(201).where("schedule_id", id, "outcome", "created");
    });
    section.check("create-id", "an id is made up where none is given", s -> {
      Map<String, @Nullable Object> body = body(s, "");
      body.remove("schedule_id");
      String id = s.operator().body("POST", ROUTE, body).is(201).text("schedule_id");
      detail(s, id);
    });
    section.check("create-twice", "an id is taken once",
        s -> made(s, schedule(s)).refused(409, "schedule_already_exists"));
    section.check("create-interval", "a spec may be intervals", s -> detail(s, schedule(s, "spec",
        Json.of("intervals", List.of(Json.of("every", "PT30M", "offset", "PT5M"))))).text("next_fire_at"));
    section.check("create-both", "or both, with a time zone", s -> detail(s, schedule(s, "spec", Json.of(
        "cron_expressions", List.of("0 9 * * 1-5"), "intervals", List.of(Json.of("every", "PT1H")), "timezone",
        "Europe/Berlin"))).text("next_fire_at"));
    section.check("create-whole", "everything that is sent is kept", s -> {
      String id = schedule(s, "overlap_policy", "buffer_one", "jitter_seconds", 30, "max_runs", 5, "memo",
          Json.of("a", 1), "search_attributes", Json.of(s.attribute("A"), "x"), "paused", true, "note", "not yet");
      detail(s, id).where("overlap_policy", "buffer_one", "jitter_seconds", 30, "max_runs", 5, "remaining_actions", 5,
          "status", "paused", "note", "not yet", "memo", Json.of("a", 1));
    });
    section.check("create-input", "the action's input may be an envelope or a list", s -> {
      for (Object input : List.of(Wants.arguments(1L), List.of(1))) {
        String id = schedule(s, "action", Json.of("workflow_type", s.type(), "task_queue", s.queue(), "input", input));
        String workflow = post(s, id, "trigger").is(200).text("workflow_id");
        s.operator().get("/workflows/" + workflow).is(200).where("input", List.of(1));
      }
    });
  }

  private static void fields(Suite.Section section) {
    section.check("field-schedule_id", "an id has at most 128 characters",
        s -> made(s, "x".repeat(129)).invalid("schedule_id"));
    section.check("field-spec", "a schedule has a spec", s -> {
      Map<String, @Nullable Object> body = body(s, s.name("x"));
      body.remove("spec");
      s.operator().body("POST", ROUTE, body).invalid("spec");
    });
    section.check("field-action", "a schedule has an action, and that a type", s -> {
      Map<String, @Nullable Object> body = body(s, s.name("x"));
      body.remove("action");
      s.operator().body("POST", ROUTE, body).invalid("action");
      made(s, s.name("x"), "action", Json.of("task_queue", "q")).refused(422, "validation_failed");
    });
    section.check("field-cron", "a cron expression that cannot be read is refused", s -> {
      for (String cron : List.of("nonsense", "61 * * * *", "* * *", "* * 32 * *")) {
        made(s, s.name("x"), "spec", Json.of("cron_expressions", List.of(cron))).refused(422, "validation_failed");
      }
    });
    section.check("field-interval", "an interval that cannot be read is refused", s -> {
      for (Object every : List.of("30m", "PT0S", "-PT1H", 7)) {
        made(s, s.name("x"), "spec", Json.of("intervals", List.of(Json.of("every", every)))).refused(422,
            "validation_failed");
      }
    });
    section.check("field-timezone", "a time zone that nobody knows is refused", s -> made(s, s.name("x"), "spec",
        Json.of("cron_expressions", List.of("0 0 * * *"), "timezone", "Mars/Olympus")).refused(422,
            "validation_failed"));
    section.check("field-overlap_policy", "another overlap policy is refused",
        s -> made(s, s.name("x"), "overlap_policy", "dance").invalid("overlap_policy"));
    for (String policy : List.of("skip", "buffer_one", "buffer_all", "cancel_other", "terminate_other", "allow_all")) {
      section.check("policy-" + policy, "overlap policy %s is taken".formatted(policy),
          s -> detail(s, schedule(s, "overlap_policy", policy)).where("overlap_policy", policy));
    }
    section.check("field-jitter_seconds", "a jitter is 0 to 3600 s", s -> {
      made(s, s.name("x"), "jitter_seconds", -1).invalid("jitter_seconds");
      made(s, s.name("x"), "jitter_seconds", 3_601).invalid("jitter_seconds");
      schedule(s, "jitter_seconds", 3_600);
    });
    section.check("field-max_runs", "a schedule runs once at least",
        s -> made(s, s.name("x"), "max_runs", 0).invalid("max_runs"));
    section.check("field-note", "a note has at most 1000 characters",
        s -> made(s, s.name("x"), "note", "x".repeat(1_001)).invalid("note"));
    section.check("field-memo", "a memo is an object, and not too large", s -> {
      made(s, s.name("x"), "memo", "text").is(422);
      made(s, s.name("x"), "memo", Json.of("a", "x".repeat(262_145))).is(422);
    });
  }

  private static void look(Suite.Section section) {
    section.check("detail", "a detail has every field, for each kind of client", s -> {
      String id = schedule(s);
      Answer got = detail(s, id);
      got.has("schedule_id", "status", "note", "fires_count", "failures_count", "next_fire_at", "last_fired_at",
          "paused_at", "jitter_seconds", "max_runs", "remaining_actions", "latest_workflow_instance_id", "memo",
          "search_attributes", "created_at", "updated_at", "spec", "action", "overlap_policy", "info", "state/status",
          "state/paused", "state/note", "info/next_fire", "info/last_fire", "info/fires_count", "info/failures_count",
          "info/recent_actions", "info/buffered_actions");
      got.where("schedule_id", id, "status", "active", "overlap_policy", "skip", "fires_count", 0, "state/paused", false,
          "action/workflow_type", s.type(), "spec/cron_expressions", List.of("0 0 1 1 *"));
      got.object("memo").object("search_attributes");
    });
    section.check("next-fire", "the next fire is computed in the time zone", s -> {
      String id = schedule(s);
      OffsetDateTime next = OffsetDateTime.parse(detail(s, id).text("next_fire_at"));
      Unmet.unless(next.getDayOfYear() == 1 && next.getHour() == 0 && next.isAfter(OffsetDateTime.now()),
          "the next fire is %s", next);
    });
    section.check("not-found", "an unknown schedule is not found", s -> {
      String path = ROUTE + "/" + s.name("none");
      s.operator().get(path).refused(404, "schedule_not_found");
      s.operator().put(path, "note", "x").refused(404, "schedule_not_found");
      s.operator().delete(path).refused(404, "schedule_not_found");
      for (String verb : List.of("pause", "resume", "trigger")) {
        s.operator().post(path + "/" + verb).refused(404, "schedule_not_found");
      }
    });
    section.check("list", "schedules are listed", s -> {
      String id = schedule(s);
      Answer got = s.operator().get(ROUTE + "?workflow_type=" + s.type()).is(200);
      got.where("schedule_count", 1, "next_page_token", null, "schedules/0/schedule_id", id,
          "schedules/0/workflow_type", s.type());
      got.doc("schedules/0").has("status", "paused", "next_fire", "last_fire", "note", "overlap_policy");
    });
    section.check("list-order", "the newest comes first, in pages", s -> {
      List<@Nullable Object> made = new ArrayList<>();
      for (int i = 0; i < 3; i++) made.addFirst(schedule(s));
      String path = ROUTE + "?page_size=2&workflow_type=" + s.type();
      Answer first = s.operator().get(path).is(200);
      Answer second = s.operator().get(path + "&next_page_token="
          + java.net.URLEncoder.encode(first.text("next_page_token"), java.nio.charset.StandardCharsets.UTF_8)).is(200);
      List<@Nullable Object> seen = new ArrayList<>(first.each("schedules", "schedule_id"));
      seen.addAll(second.each("schedules", "schedule_id"));
      Unmet.unless(seen.equals(made), "expected %s, got %s", made, seen);
      second.where("next_page_token", null);
    });
    section.check("list-status", "a list can be of one status", s -> {
      String active = schedule(s);
      String paused = schedule(s, "paused", true);
      String path = ROUTE + "?workflow_type=" + s.type() + "&status=";
      s.operator().get(path + "active").is(200).where("schedule_count", 1, "schedules/0/schedule_id", active);
      s.operator().get(path + "paused").is(200).where("schedule_count", 1, "schedules/0/schedule_id", paused);
    });
    section.check("list-page-size", "a page has 1 to 200 lines", s -> {
      s.operator().get(ROUTE + "?page_size=0").is(422);
      s.operator().get(ROUTE + "?page_size=201").is(422);
    });
    section.check("list-token", "a token that was not given out is refused", s -> {
      int status = s.operator().get(ROUTE + "?next_page_token=nonsense").status();
      Unmet.unless(List.of(400, 403, 409, 422).contains(status), "it was answered with %d", status);
    });
    section.check("list-type", "a list can be of one workflow type", s -> {
      String mine = schedule(s);
      s.operator().get(ROUTE + "?workflow_type=" + s.type()).is(200).where("schedule_count", 1,
          "schedules/0/schedule_id", mine);
      s.operator().get(ROUTE + "?workflow_type=" + s.name("none")).is(200).where("schedule_count", 0);
    });
    section.check("list-query-broken", "a query that cannot be read is refused with its reason and field", s -> {
      var got = s.operator().get(ROUTE + "?query=" + "%3D%3D").is(422);
      got.text("reason");
      got.text("message");
      got.object("errors").object("validation_errors");
    });
    section.check("list-token-filter", "a token of another list is refused", s -> {
      schedule(s);
      schedule(s);
      String token = s.operator().get(ROUTE + "?page_size=1&workflow_type=" + s.type()).is(200)
          .text("next_page_token");
      var got = s.operator().get(ROUTE + "?page_size=1&workflow_type=other&next_page_token=" + token);
      Unmet.unless(List.of(400, 409, 422).contains(got.status()), "it was answered with %d", got.status());
    });
    section.check("list-token-namespace", "a token of another namespace is refused", s -> {
      String space = s.namespace();
      schedule(s);
      schedule(s);
      String token = s.operator().get(ROUTE + "?page_size=1&workflow_type=" + s.type()).is(200)
          .text("next_page_token");
      var got = s.operator().in(space).get(ROUTE + "?page_size=1&workflow_type=" + s.type() + "&next_page_token="
          + token);
      Unmet.unless(List.of(400, 403, 409, 422).contains(got.status()), "it was answered with %d", got.status());
    });
    section.check("namespaces", "schedules belong to a namespace", s -> {
      String space = s.namespace();
      String id = schedule(s);
      s.operator().in(space).get(ROUTE + "/" + id).refused(404, "schedule_not_found");
      s.operator().in(space).get(ROUTE).is(200).where("schedule_count", 0);
    });
  }

  private static void change(Suite.Section section) {
    section.check("update", "what is not sent stays", s -> {
      String id = schedule(s, "note", "first", "jitter_seconds", 7);
      s.operator().put(ROUTE + "/" + id, "note", "second").is(200).where("schedule_id", id, "outcome", "updated");
      detail(s, id).where("note", "second", "jitter_seconds", 7);
    });
    section.check("update-action", "an action is merged member by member", s -> {
      String id = schedule(s);
      s.operator().put(ROUTE + "/" + id, "action", Json.of("workflow_type", "another")).is(200);
      detail(s, id).where("action/workflow_type", "another", "action/task_queue", s.queue());
    });
    section.check("update-spec", "a new spec has new fires", s -> {
      String id = schedule(s);
      Object before = detail(s, id).at("next_fire_at");
      s.operator().put(ROUTE + "/" + id, "spec", Json.of("intervals", List.of(Json.of("every", "PT1H")))).is(200);
      Unmet.unless(!String.valueOf(before).equals(String.valueOf(detail(s, id).at("next_fire_at"))), "it has not");
    });
    section.check("update-invalid", "an update is checked like a creation", s -> {
      String id = schedule(s);
      s.operator().put(ROUTE + "/" + id, "overlap_policy", "dance").invalid("overlap_policy");
      detail(s, id).where("overlap_policy", "skip");
    });
    section.check("delete", "a schedule is deleted", s -> {
      String id = schedule(s);
      s.operator().delete(ROUTE + "/" + id).is(200).where("schedule_id", id, "outcome", "deleted");
      s.operator().get(ROUTE + "/" + id).refused(404, "schedule_not_found");
      s.operator().get(ROUTE + "?workflow_type=" + s.type()).is(200).where("schedule_count", 0);
    });
    section.check("pause", "a schedule is paused with a note, and resumed", s -> {
      String id = schedule(s);
      post(s, id, "pause", "note", "lunch").is(200).where("schedule_id", id, "outcome", "paused");
      Answer paused = detail(s, id);
      paused.where("status", "paused", "note", "lunch", "state/paused", true).text("paused_at");
      post(s, id, "resume", "note", "back").is(200).where("outcome", "resumed");
      detail(s, id).where("status", "active", "state/paused", false, "paused_at", null);
    });
  }

  private static void fire(Suite.Section section) {
    section.check("trigger", "a trigger starts a workflow", s -> {
      String id = schedule(s, "action", Json.of("workflow_type", s.type(), "task_queue", s.queue(), "input",
          List.of("by hand")));
      Answer got = post(s, id, "trigger").is(200);
      got.where("schedule_id", id, "outcome", "triggered");
      s.operator().get("/workflows/" + got.text("workflow_id")).is(200).where("run_id", got.text("run_id"),
          "workflow_type", s.type(), "task_queue", s.queue(), "input", List.of("by hand"));
      detail(s, id).where("fires_count", 1, "latest_workflow_instance_id", got.text("workflow_id"))
          .has("last_fired_at");
    });
    section.check("trigger-carries", "memo and search attributes go along", s -> {
      String name = s.attribute("A");
      String id = schedule(s, "memo", Json.of("a", 1), "search_attributes", Json.of(name, "x"));
      String workflow = post(s, id, "trigger").is(200).text("workflow_id");
      s.operator().get("/workflows/" + workflow).is(200).where("memo/a", 1, "search_attributes/" + name, "x");
    });
    section.check("max-runs", "a schedule ends after its runs", s -> {
      String id = schedule(s, "max_runs", 1, "overlap_policy", "allow_all");
      post(s, id, "trigger").is(200).where("outcome", "triggered");
      detail(s, id).where("remaining_actions", 0);
    });
    section.check("by-itself", "a schedule that is due starts a workflow", s -> {
      String id = schedule(s, "spec", Json.of("intervals", List.of(Json.of("every", "PT1S"))), "max_runs", 1);
      Answer seen = s.until(() -> detail(s, id), got -> got.at("latest_workflow_instance_id") instanceof String,
          "a fire");
      seen.where("remaining_actions", 0);
      String path = "/workflows/" + seen.text("latest_workflow_instance_id");
      s.until(() -> s.operator().get(path), run -> run.status() == 200, "the run").where("workflow_type", s.type());
    });
    section.check("paused-does-not", "a schedule that is paused does not", s -> {
      String id = schedule(s, "spec", Json.of("intervals", List.of(Json.of("every", "PT1S"))), "paused", true);
      s.pass(java.time.Duration.ofMillis(1_500));
      detail(s, id).where("fires_count", 0);
    });
  }

  private static void overlap(Suite.Section section) {
    section.check("overlap-skip", "skip: no fire while a run is open", s -> {
      String id = schedule(s);
      post(s, id, "trigger").is(200).where("outcome", "triggered");
      post(s, id, "trigger").is(200).where("outcome", "skipped").has("reason");
      detail(s, id).where("fires_count", 1);
    });
    section.check("overlap-skip-closed", "skip: a fire when it has closed", s -> {
      String id = schedule(s);
      String first = post(s, id, "trigger").is(200).text("workflow_id");
      s.operator().post("/workflows/" + first + "/terminate").is(200);
      s.until(() -> post(s, id, "trigger").is(200), got -> "triggered".equals(got.at("outcome")), "a second run");
    });
    section.check("overlap-allow_all", "allow_all: every fire", s -> {
      String id = schedule(s, "overlap_policy", "allow_all");
      Object first = post(s, id, "trigger").is(200).where("outcome", "triggered").at("run_id");
      Object second = post(s, id, "trigger").is(200).where("outcome", "triggered").at("run_id");
      Unmet.unless(first instanceof String && !first.equals(second), "they are the same");
    });
    section.check("overlap-buffer_one", "buffer_one: one fire waits, the next one does not", s -> {
      String id = schedule(s, "overlap_policy", "buffer_one");
      String first = post(s, id, "trigger").is(200).text("workflow_id");
      post(s, id, "trigger").is(200).where("outcome", "buffered", "buffer_depth", 1);
      post(s, id, "trigger").is(200).oneOf("outcome", "buffer_full", "skipped").has("reason");
      s.operator().post("/workflows/" + first + "/terminate").is(200);
      s.until(() -> detail(s, id), got -> Long.valueOf(2).equals(got.at("fires_count")), "the fire that waited");
    });
    section.check("overlap-buffer_all", "buffer_all: all of them wait", s -> {
      String id = schedule(s, "overlap_policy", "buffer_all");
      post(s, id, "trigger").is(200).where("outcome", "triggered");
      post(s, id, "trigger").is(200).where("outcome", "buffered", "buffer_depth", 1);
      post(s, id, "trigger").is(200).where("outcome", "buffered", "buffer_depth", 2);
    });
    for (var policy : Map.of("cancel_other", "cancelled", "terminate_other", "terminated").entrySet()) {
      section.check("overlap-" + policy.getKey(), "%s: the open run makes room".formatted(policy.getKey()), s -> {
        String id = schedule(s, "overlap_policy", policy.getKey());
        Answer first = post(s, id, "trigger").is(200);
        post(s, id, "trigger").is(200);
        Flow old = new Flow(s, first.text("workflow_id"), first.text("run_id"));
        old.awaitsStatus(policy.getValue());
        s.until(() -> detail(s, id), got -> Long.valueOf(2).equals(got.at("fires_count")), "the second fire");
      });
    }
    section.check("overlap-override", "a trigger may bring a policy of its own", s -> {
      String id = schedule(s);
      post(s, id, "trigger").is(200).where("outcome", "triggered");
      post(s, id, "trigger", "overlap_policy", "allow_all").is(200).where("outcome", "triggered");
      post(s, id, "trigger", "overlap_policy", "dance").invalid("overlap_policy");
    });
  }

  private static void backfill(Suite.Section section) {
    section.check("backfill", "the fires of a past range are made up for", s -> {
      String id = schedule(s, "spec", Json.of("intervals", List.of(Json.of("every", "PT1H"))), "overlap_policy",
          "allow_all");
      // An hour ago: just after the full hour, a minute behind it has not come yet.
      Instant end = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS).plusSeconds(60);
      Answer got = post(s, id, "backfill", "start_time", end.minus(3, ChronoUnit.HOURS).toString(), "end_time",
          end.toString()).is(200);
      got.where("schedule_id", id, "outcome", "backfill_started", "fires_attempted", 3);
      for (Doc one : got.list("results")) {
        one.where("outcome", "started").text("fire_time");
        one.text("workflow_id");
      }
    });
    section.check("backfill-range", "a range that ends before it begins is refused", s -> {
      Instant now = Instant.now();
      post(s, schedule(s), "backfill", "start_time", now.toString(), "end_time", now.minusSeconds(60).toString())
          .refused(422, "invalid_time_range");
    });
    section.check("backfill-fields", "a range has both ends", s -> {
      String id = schedule(s);
      post(s, id, "backfill", "start_time", Instant.now().toString()).invalid("end_time");
      post(s, id, "backfill", "end_time", Instant.now().toString()).invalid("start_time");
    });
    section.check("backfill-none", "a range without fires has none", s -> {
      Instant day = Instant.parse("2026-03-03T00:00:00Z");
      post(s, schedule(s), "backfill", "start_time", day.toString(), "end_time", day.plusSeconds(60).toString()).is(200)
          .where("fires_attempted", 0, "results", List.of());
    });
  }

  private static void history(Suite.Section section) {
    section.check("history", "what happened to a schedule is kept", s -> {
      String id = schedule(s);
      post(s, id, "pause", "note", "n").is(200);
      post(s, id, "resume").is(200);
      s.operator().put(ROUTE + "/" + id, "note", "x").is(200);
      String run = post(s, id, "trigger").is(200).text("run_id");
      post(s, id, "trigger").is(200).where("outcome", "skipped");
      Answer got = s.operator().get(ROUTE + "/" + id + "/history").is(200);
      got.where("schedule_id", id, "namespace", s.target().namespace(), "has_more", false, "next_cursor", null);
      Unmet.unless(got.each("events", "event_type").equals(List.of("ScheduleCreated", "SchedulePaused",
          "ScheduleResumed", "ScheduleUpdated", "ScheduleTriggered", "ScheduleTriggerSkipped")), "got %s",
          got.each("events", "event_type"));
      Doc triggered = got.doc("events/4");
      triggered.where("workflow_run_id", run).has("id", "sequence", "payload", "workflow_instance_id", "recorded_at");
    });
    section.check("history-deleted", "even of one that was deleted", s -> {
      String id = schedule(s);
      s.operator().delete(ROUTE + "/" + id).is(200);
      Answer got = s.operator().get(ROUTE + "/" + id + "/history").is(200);
      Unmet.unless("ScheduleDeleted".equals(got.each("events", "event_type").getLast()), "got %s", got);
    });
    section.check("history-pages", "in pages", s -> {
      String id = schedule(s);
      for (int i = 0; i < 2; i++) {
        post(s, id, "pause").is(200);
        post(s, id, "resume").is(200);
      }
      Answer first = s.operator().get(ROUTE + "/" + id + "/history?limit=3").is(200);
      Unmet.unless(first.list("events").size() == 3, "got %s", first);
      first.where("has_more", true);
      Answer rest = s.operator().get(ROUTE + "/" + id + "/history?limit=3&after_sequence="
          + first.at("events/2/sequence")).is(200);
      Unmet.unless(rest.list("events").size() == 2, "got %s", rest);
      rest.where("has_more", false);
    });
    section.check("history-cursor", "a cursor that is none is refused", s -> s.operator().get(ROUTE + "/" + schedule(s)
        + "/history?after_sequence=-1").refused(422, "invalid_after_sequence"));
    section.check("history-not-found", "what never was has no history",
        s -> s.operator().get(ROUTE + "/" + s.name("none") + "/history").refused(404, "schedule_not_found"));
  }
}
