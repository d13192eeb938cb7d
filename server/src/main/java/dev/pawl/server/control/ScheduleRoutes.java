package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;
import static dev.pawl.server.http.Scope.OPERATOR;

import dev.pawl.core.schedule.BackfillSchedule;
import dev.pawl.core.schedule.CreateSchedule;
import dev.pawl.core.schedule.Fired;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleCode;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.core.schedule.UpdateSchedule;
import dev.pawl.protocol.schedule.ScheduleApi;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Instants;
import dev.pawl.server.wire.PageTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Everything about schedules. */
public final class ScheduleRoutes {
  private static final String AT = "/schedules/{schedule_id}";
  private static final String[] POLICIES =
      {"skip", "buffer_one", "buffer_all", "cancel_other", "terminate_other", "allow_all"};
  private static final int RECENT = 10;

  private final ScheduleApi schedules;
  private final SearchTypes types;
  private final SchedulePages pages;

  public ScheduleRoutes(ScheduleApi schedules, SearchTypes types, PageTokens tokens) {
    this.schedules = schedules;
    this.types = types;
    this.pages = new SchedulePages(schedules, types, tokens);
  }

  public List<Route> routes() {
    Field note = Field.text("note", 1_000, "for people and for the history");
    Field overlap = Field.text("overlap_policy", 32, "what happens while a run of the schedule is open")
        .oneOf(POLICIES);
    Field spec = Field.object("spec", 0, "when: cron_expressions, intervals {every, offset}, calendars, exclusions, "
        + "timezone, window {from, until}, clock_change {gap, repeat}");
    Field action = Field.object("action", 0, "what: workflow_type, task_queue, input, execution_timeout_seconds, "
        + "run_timeout_seconds, priority, fairness_key, fairness_weight; or job_type, payload, priority");
    Field jitter = Field.integer("jitter_seconds", 0, 3_600, "each fire is late by up to so much");
    Field maxRuns = Field.integer("max_runs", 1, Integer.MAX_VALUE, "starts so many and no more");
    Field catchUp = Field.integer("catchup_window_seconds", 10, 31_622_400, "how late a fire still counts, default a day");
    Field memo = Field.object("memo", 0, "of the schedule, and of each run");
    Field attributes = Field.object("search_attributes", 0, "of the schedule, and of each run");
    return List.of(
        Route.post("schedule.create", "/schedules", CONTROL, OPERATOR, "Make a schedule", this::create).body(
            Field.text("schedule_id", CreateSchedule.LONGEST_ID, "made up if absent"), spec.must(), action.must(), overlap,
            jitter, maxRuns, catchUp, memo, attributes, Field.bool("paused", "does not fire until it is resumed"), note),
        Route.get("schedule.list", "/schedules", CONTROL, OPERATOR, "List schedules, newest first", pages::list).query(
            Field.text("status", 16, "active or paused"), Field.text("workflow_type", 255, ""),
            Field.text("query", 4_096, "Field = \"value\", joined by AND"),
            Field.integer("page_size", 1, 200, "default 50"), Field.text("next_page_token", 1_024, "opaque")),
        Route.get("schedule.describe", AT, CONTROL, OPERATOR, "Describe a schedule", this::describe),
        Route.put("schedule.update", AT, CONTROL, OPERATOR, "Change what is given, keep the rest", this::update).body(
            spec, action, overlap, jitter, maxRuns, catchUp, memo, attributes, note),
        Route.delete("schedule.delete", AT, CONTROL, OPERATOR, "Delete a schedule; what it started goes on",
            this::delete),
        Route.post("schedule.pause", AT + "/pause", CONTROL, OPERATOR, "Hold a schedule back", call -> {
          schedules.pause(call.namespace(), id(call), call.text("note"));
          return done(call, "paused");
        }).body(note),
        Route.post("schedule.resume", AT + "/resume", CONTROL, OPERATOR, "Let a schedule fire again", call -> {
          schedules.resume(call.namespace(), id(call), call.text("note"));
          return done(call, "resumed");
        }).body(note),
        Route.post("schedule.trigger", AT + "/trigger", CONTROL, OPERATOR, "Fire now", this::trigger).body(overlap),
        Route.post("schedule.backfill", AT + "/backfill", CONTROL, OPERATOR, "Fire for a range of the past",
            this::backfill).body(Field.text("start_time", 64, "inclusive").must(),
                Field.text("end_time", 64, "exclusive; what lies ahead is left out").must(), overlap),
        Route.get("schedule.history", AT + "/history", CONTROL, OPERATOR, "What happened, also of a deleted schedule",
            this::history).query(Field.integer("limit", 1, 500, "default 100"),
                Field.integer("after_sequence", 0, Long.MAX_VALUE, "entries behind it")));
  }

  private static String id(Call call) {
    return call.parameter("schedule_id");
  }

  private static Reply done(Call call, String outcome) {
    return Reply.ok(Json.of("schedule_id", id(call), "outcome", outcome));
  }

  private Reply create(Call call) {
    String id = call.text("schedule_id", "sched-" + UUID.randomUUID());
    if (!id.matches("[A-Za-z0-9._:-]{1,128}")) {
      throw Refusal.invalid("schedule_id", "The schedule id field has 1 to 128 letters, digits or . _ : -");
    }
    ScheduleInput input = new ScheduleInput(call, types.of(call.namespace()));
    schedules.create(call.namespace(), new CreateSchedule(id, input.terms(null), Json.flag(call.body(), "paused"),
        call.text("note")));
    return Reply.of(201, Json.of("schedule_id", id, "outcome", "created"));
  }

  private Reply describe(Call call) {
    Schedule schedule = schedules.describe(call.namespace(), id(call));
    long after = Math.max(0, schedule.events() - RECENT);
    return Reply.ok(ScheduleShapes.detail(schedule, schedules.history(call.namespace(), id(call), after, RECENT)));
  }

  private Reply update(Call call) {
    ScheduleInput input = new ScheduleInput(call, types.of(call.namespace()));
    while (true) {
      Schedule there = schedules.describe(call.namespace(), id(call));
      try {
        schedules.update(call.namespace(), new UpdateSchedule(
            there.id(), input.terms(there.terms()), call.text("note"), there.version()));
        return done(call, "updated");
      } catch (ScheduleRefusedException e) {
        // It fired or was changed in between: what is not given comes from what it is now.
        if (e.code() != ScheduleCode.SCHEDULE_CHANGED) throw e;
      }
    }
  }

  private Reply delete(Call call) {
    schedules.delete(call.namespace(), id(call));
    return done(call, "deleted");
  }

  // ---- by hand

  private Reply trigger(Call call) {
    ScheduleInput input = new ScheduleInput(call, Map.of());
    ScheduleApi.Launch launch = schedules.trigger(call.namespace(), id(call), input.policy("overlap_policy"));
    return switch (launch.fired()) {
      case Fired.Started started when launch.refusal() == null -> Reply.ok(Json.of("schedule_id", id(call), "outcome",
          "triggered", "workflow_id", started.workflowId(), "run_id", String.valueOf(launch.run())));
      // Not a 500: clients send what was answered so again, and would fire once more.
      case Fired.Started started -> throw new Refusal(409, "start_refused", String.valueOf(launch.refusal()),
          "schedule_id", id(call), "outcome", "trigger_failed", "workflow_id", started.workflowId());
      case Fired.Buffered buffered -> Reply.ok(Json.of("schedule_id", id(call), "outcome", "buffered", "buffer_depth",
          buffered.depth()));
      case Fired.Skipped skipped -> Reply.ok(Json.of("schedule_id", id(call), "outcome",
          skipped.reason() == Schedule.SkipReason.BUFFER_FULL ? "buffer_full" : "skipped", "reason",
          skipped.reason().wire()));
    };
  }

  private Reply backfill(Call call) {
    ScheduleInput input = new ScheduleInput(call, Map.of());
    List<ScheduleApi.Launch> launches = schedules.backfill(call.namespace(), new BackfillSchedule(id(call),
        ScheduleInput.instant(call, "start_time"), ScheduleInput.instant(call, "end_time"),
        input.policy("overlap_policy")));
    List<Map<String, @Nullable Object>> results = new ArrayList<>(launches.size());
    for (ScheduleApi.Launch launch : launches) results.add(result(launch));
    return Reply.ok(Json.of("schedule_id", id(call), "outcome", "backfill_started", "fires_attempted", launches.size(),
        "results", results));
  }

  private static Map<String, @Nullable Object> result(ScheduleApi.Launch launch) {
    Map<String, @Nullable Object> all = Json.of("fire_time", Instants.text(launch.fired().nominal()));
    switch (launch.fired()) {
      case Fired.Started started -> {
        all.put("outcome", launch.refusal() == null ? "started" : "failed");
        all.put("workflow_id", started.workflowId());
        if (launch.refusal() == null) all.put("run_id", String.valueOf(launch.run()));
        else all.put("reason", launch.refusal());
      }
      case Fired.Buffered buffered -> {
        all.put("outcome", "buffered");
        all.put("buffer_depth", buffered.depth());
      }
      case Fired.Skipped skipped -> {
        all.put("outcome", "skipped");
        all.put("reason", skipped.reason().wire());
      }
    }
    return all;
  }

  // ---- looking back

  private Reply history(Call call) {
    int limit = (int) Math.clamp(call.number("limit", 100, Long.MIN_VALUE, Long.MAX_VALUE), 1, 500);
    String said = call.query().get("after_sequence");
    long after = said == null || said.isEmpty() ? 0 : sequence(said);
    List<ScheduleApi.Entry> found = schedules.history(call.namespace(), id(call), after, limit + 1);
    boolean more = found.size() > limit;
    List<ScheduleApi.Entry> page = more ? found.subList(0, limit) : found;
    return Reply.ok(Json.of("schedule_id", id(call), "namespace", call.namespace(), "events",
        page.stream().map(entry -> ScheduleShapes.entry(id(call), entry)).toList(), "next_cursor",
        more ? (Object) page.getLast().event().sequence() : null, "has_more", more));
  }

  private static long sequence(String said) {
    try {
      long sequence = Long.parseLong(said);
      if (sequence >= 0) return sequence;
    } catch (NumberFormatException e) {
      // said below
    }
    String message = "The after sequence field must be an integer of at least 0.";
    Map<String, List<String>> errors = Map.of("after_sequence", List.of(message));
    throw new Refusal(422, "invalid_after_sequence", message, "errors", errors, "validation_errors", errors);
  }
}
