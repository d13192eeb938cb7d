package dev.pawl.server.control;

import dev.pawl.core.run.StartOptions;
import dev.pawl.core.schedule.CalendarTimes;
import dev.pawl.core.schedule.CronExpression;
import dev.pawl.core.schedule.Fire;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.core.schedule.ScheduleSpec;
import dev.pawl.protocol.schedule.ScheduleApi;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Attributes;
import dev.pawl.server.wire.Instants;
import dev.pawl.server.wire.Turns;
import dev.pawl.server.wire.Values;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Schedules as they are shown. */
final class ScheduleShapes {
  private static final int PREVIEW = 5;

  private ScheduleShapes() {}

  static String status(Schedule schedule) {
    return schedule.paused() ? "paused" : "active";
  }

  /** One of a list. */
  static Map<String, @Nullable Object> line(Schedule schedule) {
    Map<String, @Nullable Object> line = detail(schedule, List.of());
    ScheduleAction action = schedule.terms().action();
    line.put("workflow_type", action instanceof ScheduleAction.StartWorkflow start ? start.workflowType() : null);
    line.put("paused", schedule.paused());
    line.put("next_fire", line.get("next_fire_at"));
    line.put("last_fire", line.get("last_fired_at"));
    return line;
  }

  /** @param recent entries of the history, newest last */
  static Map<String, @Nullable Object> detail(Schedule s, List<ScheduleApi.Entry> recent) {
    Fire next = s.next();
    String nextAt = next == null ? null : Instants.text(next.at());
    String lastAt = Instants.textOrNull(s.latest().firedAt());
    Map<String, @Nullable Object> all = Json.of("schedule_id", s.id(), "status", status(s), "note", s.standing().note(),
        "spec", spec(s.terms().spec()), "action", action(s.terms().action()), "overlap_policy",
        s.terms().overlap().wire(), "jitter_seconds", s.terms().spec().jitter().toSeconds(), "catchup_window_seconds",
        s.terms().catchUp().toSeconds(), "max_runs", s.terms().maxRuns(), "remaining_actions", s.counts().remaining(),
        "fires_count", s.counts().started(), "failures_count", s.counts().failed(), "next_fire_at", nextAt,
        "last_fired_at", lastAt, "paused_at", Instants.textOrNull(s.standing().pausedAt()),
        "latest_workflow_instance_id", s.latest().workflowId(), "created_at", Instants.text(s.createdAt()), "updated_at",
        Instants.text(s.updatedAt()));
    if (s.terms().action() instanceof ScheduleAction.StartWorkflow start) {
      all.put("memo", Attributes.plainMemo(start.options().memo()));
      all.put("search_attributes", Attributes.plain(start.options().searchAttributes()));
    }
    all.put("state", Json.of("status", status(s), "paused", s.paused(), "note", s.standing().note()));
    Schedule.SkipReason skipped = s.latest().skipReason();
    all.put("info", Json.of("next_fire", nextAt, "last_fire", lastAt, "fires_count", s.counts().started(),
        "failures_count", s.counts().failed(), "recent_actions", actions(recent), "buffered_actions",
        s.pending().stream().map(ScheduleShapes::pending).toList(), "running_workflows",
        s.open().stream().map(Schedule.OpenRun::workflowId).toList(), "skipped_trigger_count", s.counts().skipped(),
        "last_skip_reason", skipped == null ? null : skipped.wire(), "last_skipped_at",
        Instants.textOrNull(s.latest().skippedAt()), "next_fires", preview(s)));
    return all;
  }

  private static List<String> preview(Schedule s) {
    if (s.next() == null) return List.of();
    return s.terms().spec().preview(s.decidedUntil(), PREVIEW, s.id()).stream().map(fire -> Instants.text(fire.at()))
        .toList();
  }

  private static Map<String, @Nullable Object> pending(Schedule.PendingFire fire) {
    return Json.of("fire_time", Instants.text(fire.nominal()), "overlap_policy", fire.policy().wire());
  }

  private static List<Map<String, @Nullable Object>> actions(List<ScheduleApi.Entry> recent) {
    return recent.stream().filter(entry -> entry.event().fact() instanceof ScheduleEvent.Triggered)
        .map(entry -> {
          ScheduleEvent.Triggered fire = (ScheduleEvent.Triggered) entry.event().fact();
          return Json.of("fire_time", Instants.text(fire.nominal()), "started_at", Instants.text(entry.event().at()),
              "workflow_id", fire.workflowId(), "run_id", String.valueOf(entry.run()));
        }).toList();
  }

  private static Map<String, @Nullable Object> spec(ScheduleSpec spec) {
    Map<String, @Nullable Object> all = Json.of("cron_expressions",
        spec.sources().crons().stream().map(CronExpression::text).toList(), "intervals",
        spec.sources().intervals().stream().map(interval -> {
          Map<String, @Nullable Object> one = Json.of("every", interval.every().toString());
          if (!interval.offset().isZero()) one.put("offset", interval.offset().toString());
          return one;
        }).toList(), "timezone", spec.zone().getId());
    if (!spec.sources().calendars().isEmpty()) {
      all.put("calendars", spec.sources().calendars().stream().map(CalendarTimes::fields).toList());
    }
    if (!spec.sources().exclusions().isEmpty()) {
      all.put("exclusions", spec.sources().exclusions().stream().map(CalendarTimes::fields).toList());
    }
    if (!spec.window().equals(ScheduleSpec.Window.ALWAYS)) {
      all.put("window", Json.of("from", Instants.textOrNull(spec.window().from()), "until",
          Instants.textOrNull(spec.window().until())));
    }
    all.put("clock_change", Json.of("gap", spec.clockChange().gap().name().toLowerCase(Locale.ROOT), "repeat",
        spec.clockChange().repeat().name().toLowerCase(Locale.ROOT)));
    return all;
  }

  private static Map<String, @Nullable Object> action(ScheduleAction action) {
    return switch (action) {
      case ScheduleAction.StartWorkflow start -> {
        StartOptions options = start.options();
        Map<String, @Nullable Object> all = Json.of("workflow_type", start.workflowType(), "task_queue", start.queue(), "input",
            Values.plainArguments(start.input()), "input_envelope", Values.argumentList(start.input()), "execution_timeout_seconds",
            seconds(options.executionTimeout()), "run_timeout_seconds", seconds(options.runTimeout()),
            "priority", options.priority());
        Turns.write(all, options.fairness());
        yield all;
      }
      case ScheduleAction.EnqueueJob job -> Json.of("job_type", job.jobType(), "payload", Values.plain(job.payload()),
          "priority", job.priority());
    };
  }

  private static @Nullable Long seconds(@Nullable Duration limit) {
    return limit == null ? null : (Long) limit.toSeconds();
  }

  static Map<String, @Nullable Object> entry(String scheduleId, ScheduleApi.Entry entry) {
    ScheduleEvent event = entry.event();
    String workflow = event.fact() instanceof ScheduleEvent.Triggered fire ? fire.workflowId() : null;
    return Json.of("id", scheduleId + "/" + event.sequence(), "sequence", event.sequence(), "event_type",
        event.fact().type(), "payload", payload(event.fact()), "workflow_instance_id", workflow, "workflow_run_id",
        entry.run() == null ? null : String.valueOf(entry.run()), "recorded_at", Instants.text(event.at()));
  }

  private static Map<String, @Nullable Object> payload(ScheduleEvent.Fact fact) {
    return switch (fact) {
      case ScheduleEvent.Created it -> Json.of();
      case ScheduleEvent.Updated it -> Json.of();
      case ScheduleEvent.Deleted it -> Json.of();
      case ScheduleEvent.Paused it -> Json.of("note", it.note());
      case ScheduleEvent.Resumed it -> Json.of("note", it.note());
      case ScheduleEvent.Triggered it -> Json.of("fire_time", Instants.text(it.nominal()), "trigger",
          it.cause().name().toLowerCase(Locale.ROOT), "workflow_id", it.workflowId());
      case ScheduleEvent.TriggerSkipped it -> Json.of("fire_time", Instants.text(it.nominal()), "last_fire_time",
          Instants.text(it.last()), "trigger", it.cause().name().toLowerCase(Locale.ROOT), "reason", it.reason().wire(),
          "message", it.why());
    };
  }
}
