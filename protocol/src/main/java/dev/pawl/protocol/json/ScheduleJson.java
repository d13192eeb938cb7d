package dev.pawl.protocol.json;

import dev.pawl.core.job.JobTies;
import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.schedule.CalendarTimes;
import dev.pawl.core.schedule.ClockChange;
import dev.pawl.core.schedule.CronExpression;
import dev.pawl.core.schedule.Interval;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.core.schedule.ScheduleSpec;
import dev.pawl.core.schedule.ScheduleTerms;
import dev.pawl.core.value.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Schedules and the entries of their histories as JSON; what has a column of its own is not in the text. */
public final class ScheduleJson {
  private ScheduleJson() {}

  /** A schedule without its id, version and number of events. */
  public static String write(Schedule schedule) {
    JsonText out = JsonText.take().open();
    members(out, schedule);
    return out.close().done();
  }

  static void members(JsonText out, Schedule schedule) {
    terms(out, schedule.terms());
    out.instant("pausedAt", schedule.standing().pausedAt());
    out.text("note", schedule.standing().note());
    out.instant("deletedAt", schedule.standing().deletedAt());
    out.number("starts", schedule.counts().started());
    out.number("failures", schedule.counts().failed());
    out.number("skips", schedule.counts().skipped());
    Integer remaining = schedule.counts().remaining();
    if (remaining != null) out.number("remaining", remaining);
    out.instant("firedAt", schedule.latest().firedAt());
    out.text("workflowId", schedule.latest().workflowId());
    Schedule.SkipReason reason = schedule.latest().skipReason();
    if (reason != null) out.text("skipReason", reason.name());
    out.instant("skippedAt", schedule.latest().skippedAt());
    out.instant("decidedUntil", schedule.decidedUntil());
    out.name("open").openList();
    for (Schedule.OpenRun run : schedule.open()) {
      out.open();
      out.text("workflowId", run.workflowId());
      out.instant("nominal", run.nominal());
      out.text("by", run.cause().name());
      out.number("sequence", run.sequence());
      out.instant("startedAt", run.startedAt());
      if (run.job()) out.flag("job", true);
      if (run.cancelling()) out.flag("cancelling", true);
      out.close();
    }
    out.closeList();
    out.name("pending").openList();
    for (Schedule.PendingFire fire : schedule.pending()) {
      out.open();
      out.instant("nominal", fire.nominal());
      out.text("by", fire.cause().name());
      out.text("overlap", fire.policy().name());
      out.close();
    }
    out.closeList();
    out.instant("createdAt", schedule.createdAt());
    out.instant("updatedAt", schedule.updatedAt());
  }

  static void terms(JsonText out, ScheduleTerms terms) {
    out.name("spec").open();
    ScheduleSpec spec = terms.spec();
    out.texts("crons", spec.sources().crons().stream().map(CronExpression::text).toList());
    out.name("intervals").openList();
    for (Interval interval : spec.sources().intervals()) {
      out.open();
      out.duration("every", interval.every());
      out.duration("offset", interval.offset());
      out.close();
    }
    out.closeList();
    calendars(out, "calendars", spec.sources().calendars());
    calendars(out, "exclusions", spec.sources().exclusions());
    out.text("zone", spec.zone().getId());
    out.text("gap", spec.clockChange().gap().name());
    out.text("repeat", spec.clockChange().repeat().name());
    out.instant("from", spec.window().from());
    out.instant("until", spec.window().until());
    out.duration("jitter", spec.jitter());
    out.close();
    out.name("action").open();
    switch (terms.action()) {
      case ScheduleAction.StartWorkflow start -> {
        out.text("workflowType", start.workflowType());
        out.text("queue", start.queue());
        PayloadJson.write(out, "input", start.input());
        OptionsJson.write(out, start.options());
        if (start.cancelAtOnce()) out.flag("atOnce", true);
      }
      case ScheduleAction.EnqueueJob job -> {
        out.text("jobType", job.jobType());
        PayloadJson.write(out, "input", job.payload());
        out.text("digest", job.digest());
        out.number("priority", job.priority());
        out.text("jobTerms", JobJson.write(new JobJson.Terms(
            null, null, null, job.lease(), job.retry(), job.check(), null, null, null, null, JobTies.NONE)));
      }
    }
    out.close();
    out.text("overlap", terms.overlap().name());
    out.duration("catchUp", terms.catchUp());
    if (terms.maxRuns() != null) out.number("maxRuns", terms.maxRuns());
  }

  private static void calendars(JsonText out, String name, List<CalendarTimes> calendars) {
    out.name(name).openList();
    for (CalendarTimes calendar : calendars) {
      out.open();
      Reading.sorted(calendar.fields()).forEach((field, value) -> out.key(field).string(value));
      out.close();
    }
    out.closeList();
  }

  /** @throws CorruptHistory if {@link #write(Schedule)} never wrote this */
  public static Schedule read(String id, long version, long events, String json) {
    try {
      return Reading.whole("schedule " + id, json, in -> schedule(id, version, events, Members.read(in)));
    } catch (ScheduleRefusedException unreadable) {
      throw new CorruptHistory("schedule %s cannot be read: %s".formatted(id, unreadable.getMessage()), unreadable);
    }
  }

  static Schedule schedule(String id, long version, long events, Members m) {
    String skipped = m.textOrNull("skipReason");
    List<Schedule.OpenRun> open = m.objects("open").stream().map(run -> new Schedule.OpenRun(run.text("workflowId"),
        run.instant("nominal"), run.oneOf(Schedule.Cause.class, "by"), run.number("sequence"), run.instant("startedAt"),
        run.flag("job"), run.flag("cancelling"))).toList();
    List<Schedule.PendingFire> pending = m.objects("pending").stream().map(fire -> new Schedule.PendingFire(
        fire.instant("nominal"), fire.oneOf(Schedule.Cause.class, "by"), fire.oneOf(OverlapPolicy.class, "overlap")))
        .toList();
    return new Schedule(id, terms(m),
        new Schedule.Standing(m.instantOrNull("pausedAt"), m.textOrNull("note"), m.instantOrNull("deletedAt")),
        new Schedule.Counts(m.number("starts"), m.number("failures"), m.number("skips"), m.integerOrNull("remaining")),
        new Schedule.Latest(m.instantOrNull("firedAt"), m.textOrNull("workflowId"),
            skipped == null ? null : Reading.oneOf(Schedule.SkipReason.class, skipped), m.instantOrNull("skippedAt")),
        m.instant("decidedUntil"), open, pending, m.instant("createdAt"), m.instant("updatedAt"), events, version);
  }

  static ScheduleTerms terms(Members m) {
    Members s = m.object("spec");
    List<Map<String, String>> calendars = s.list("calendars");
    List<Map<String, String>> exclusions = s.list("exclusions");
    ScheduleSpec spec = new ScheduleSpec(
        new ScheduleSpec.Sources(
            s.texts("crons").stream().map(text -> CronExpression.parse(text, "crons")).toList(),
            s.objects("intervals").stream()
                .map(i -> new Interval(i.duration("every"), i.duration("offset", Duration.ZERO))).toList(),
            calendars.stream().map(fields -> CalendarTimes.parse(fields, "calendars")).toList(),
            exclusions.stream().map(fields -> CalendarTimes.parseExclusion(fields, "exclusions")).toList()),
        ScheduleSpec.zone(s.text("zone"), "zone"),
        new ClockChange(s.oneOf(ClockChange.Gap.class, "gap"), s.oneOf(ClockChange.Repeat.class, "repeat")),
        new ScheduleSpec.Window(s.instantOrNull("from"), s.instantOrNull("until")),
        s.duration("jitter", Duration.ZERO));
    return new ScheduleTerms(spec, action(m.object("action")), m.oneOf(OverlapPolicy.class, "overlap"),
        m.duration("catchUp"), m.integerOrNull("maxRuns"));
  }

  private static ScheduleAction action(Members a) {
    String job = a.textOrNull("jobType");
    if (job != null) {
      Payload payload = a.payload("input");
      if (payload == null) throw new BadJson("a job without a payload");
      JobJson.Terms terms = JobJson.readTerms(a.textOrNull("jobTerms"));
      return new ScheduleAction.EnqueueJob(
          job, payload, a.text("digest"), a.integer("priority"), terms.lease(), terms.retry(), terms.check());
    }
    return new ScheduleAction.StartWorkflow(a.text("workflowType"), a.text("queue"), a.payload("input"),
        OptionsJson.start(a), a.flag("atOnce"));
  }

  // ---- history

  /** What an entry says besides its type. */
  public static String write(ScheduleEvent.Fact fact) {
    JsonText out = JsonText.take().open();
    switch (fact) {
      case ScheduleEvent.Created it -> {}
      case ScheduleEvent.Updated it -> {}
      case ScheduleEvent.Deleted it -> {}
      case ScheduleEvent.Paused it -> out.text("note", it.note());
      case ScheduleEvent.Resumed it -> out.text("note", it.note());
      case ScheduleEvent.Triggered it -> {
        out.instant("nominal", it.nominal());
        out.text("by", it.cause().name());
        out.text("workflowId", it.workflowId());
      }
      case ScheduleEvent.TriggerSkipped it -> {
        out.instant("nominal", it.nominal());
        out.instant("lastNominal", it.last());
        out.text("by", it.cause().name());
        out.text("skipReason", it.reason().name());
        out.text("why", it.why());
      }
    }
    return out.close().done();
  }

  /**
   * @param type as {@link ScheduleEvent.Fact#type} gave it
   * @throws CorruptHistory if {@link #write(ScheduleEvent.Fact)} never wrote this
   */
  public static ScheduleEvent.Fact readFact(String type, String json) {
    return Reading.whole("entry " + type, json, in -> fact(type, Members.read(in)));
  }

  private static ScheduleEvent.Fact fact(String type, Members m) {
    return switch (type) {
      case "ScheduleCreated" -> new ScheduleEvent.Created();
      case "ScheduleUpdated" -> new ScheduleEvent.Updated();
      case "ScheduleDeleted" -> new ScheduleEvent.Deleted();
      case "SchedulePaused" -> new ScheduleEvent.Paused(m.textOrNull("note"));
      case "ScheduleResumed" -> new ScheduleEvent.Resumed(m.textOrNull("note"));
      case "ScheduleTriggered" -> new ScheduleEvent.Triggered(
          m.instant("nominal"), m.oneOf(Schedule.Cause.class, "by"), m.text("workflowId"));
      case "ScheduleTriggerSkipped" -> new ScheduleEvent.TriggerSkipped(m.instant("nominal"), m.instant("lastNominal"),
          m.oneOf(Schedule.Cause.class, "by"), m.oneOf(Schedule.SkipReason.class, "skipReason"), m.textOrNull("why"));
      default -> throw new BadJson("this build knows no entry of that type; was it written by a newer one?");
    };
  }
}
