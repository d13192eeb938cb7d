package dev.pawl.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.schedule.CalendarTimes;
import dev.pawl.core.schedule.ClockChange;
import dev.pawl.core.schedule.CronExpression;
import dev.pawl.core.schedule.Interval;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.core.schedule.ScheduleSpec;
import dev.pawl.core.schedule.ScheduleTerms;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Schedules as they lie in a database: these bytes live for ever. */
class ScheduleJsonTest {
  private static final Instant NOON = Instant.parse("2027-01-01T12:00:00Z");

  private static ScheduleTerms full() {
    var sources = new ScheduleSpec.Sources(List.of(CronExpression.parse("0 3 * * MON-FRI", "cron")),
        List.of(new Interval(Duration.ofMinutes(30), Duration.ofMinutes(5))),
        List.of(CalendarTimes.parse(Map.of("hour", "9", "day_of_week", "FRI#2"), "c")),
        List.of(CalendarTimes.parseExclusion(Map.of("month", "12", "day_of_month", "25"), "x")));
    var spec = new ScheduleSpec(sources, ZoneId.of("Europe/Berlin"),
        new ClockChange(ClockChange.Gap.SHIFTED, ClockChange.Repeat.BOTH),
        new ScheduleSpec.Window(NOON, NOON.plus(Duration.ofDays(365))), Duration.ofSeconds(30));
    return new ScheduleTerms(spec,
        new ScheduleAction.StartWorkflow("Order", "orders", Samples.ORDER, Samples.OPTIONS, true),
        OverlapPolicy.CANCEL_OTHER, Duration.ofHours(2), 7);
  }

  static Schedule schedule() {
    return new Schedule("nightly", full(), new Schedule.Standing(NOON, "holidays", null),
        new Schedule.Counts(4, 1, 2, 3),
        new Schedule.Latest(NOON, "nightly-1", Schedule.SkipReason.RUN_OPEN, NOON.plusSeconds(1)), NOON.plusSeconds(2),
        List.of(new Schedule.OpenRun("nightly-1", NOON, Schedule.Cause.SPEC, 4, NOON, true, true)),
        List.of(new Schedule.PendingFire(NOON, Schedule.Cause.TRIGGER, OverlapPolicy.BUFFER_ALL)), NOON.minusSeconds(60),
        NOON.plusSeconds(3), 9, 12);
  }

  @Test
  void aScheduleComesBackAsItWas() {
    String json = ScheduleJson.write(schedule());
    assertThat(json).startsWith("""
        {"spec":{"crons":["0 3 * * MON-FRI"],"intervals":[{"every":1800000000,"offset":300000000}],\
        "calendars":[{"day_of_week":"FRI#2","hour":"9"}],"exclusions":[{"day_of_month":"25","month":"12"}],\
        "zone":"Europe/Berlin","gap":"SHIFTED","repeat":"BOTH","from":1798804800000000,"until":1830340800000000,\
        "jitter":30000000},"action":{"workflowType":"Order","queue":"orders",""");
    assertThat(json).endsWith("""
        "atOnce":true},"overlap":"CANCEL_OTHER","catchUp":7200000000,"maxRuns":7,"pausedAt":1798804800000000,\
        "note":"holidays","starts":4,"failures":1,"skips":2,"remaining":3,"firedAt":1798804800000000,\
        "workflowId":"nightly-1","skipReason":"RUN_OPEN","skippedAt":1798804801000000,"decidedUntil":1798804802000000,\
        "open":[{"workflowId":"nightly-1","nominal":1798804800000000,"by":"SPEC","sequence":4,\
        "startedAt":1798804800000000,"job":true,"cancelling":true}],\
        "pending":[{"nominal":1798804800000000,"by":"TRIGGER","overlap":"BUFFER_ALL"}],"createdAt":1798804740000000,\
        "updatedAt":1798804803000000}""");
    assertThat(ScheduleJson.read("nightly", 12, 9, json)).isEqualTo(schedule());
  }

  @Test
  void aJobComesBackAsItWas() {
    ScheduleTerms full = full();
    Schedule s = schedule();
    for (LeaseTerms lease : List.of(LeaseTerms.STANDARD,
        new LeaseTerms(Duration.ofSeconds(20), Duration.ofMinutes(2), Duration.ofMinutes(9)))) {
      ScheduleAction job = new ScheduleAction.EnqueueJob("sync", Samples.ORDER, "sha-256:00", 2, lease,
          RetryTerms.of(BackoffProfile.FAST), CheckTerms.STANDARD);
      Schedule other = new Schedule(s.id(),
          new ScheduleTerms(full.spec(), job, full.overlap(), full.catchUp(), full.maxRuns()), s.standing(), s.counts(),
          s.latest(), s.decidedUntil(), s.open(), s.pending(), s.createdAt(), s.updatedAt(), s.events(), s.version());
      assertThat(ScheduleJson.read("nightly", 12, 9, ScheduleJson.write(other))).isEqualTo(other);
    }
  }

  @Test
  void entriesOfTheHistoryComeBack() {
    for (ScheduleEvent.Fact fact : List.of(new ScheduleEvent.Created(), new ScheduleEvent.Updated(),
        new ScheduleEvent.Deleted(), new ScheduleEvent.Paused("x"), new ScheduleEvent.Paused(null),
        new ScheduleEvent.Resumed("y"), new ScheduleEvent.Triggered(NOON, Schedule.Cause.BACKFILL, "w"),
        new ScheduleEvent.TriggerSkipped(NOON, NOON.plusSeconds(9), Schedule.Cause.SPEC, Schedule.SkipReason.MISSED, null),
        new ScheduleEvent.TriggerSkipped(NOON, NOON, Schedule.Cause.SPEC, Schedule.SkipReason.START_REFUSED, "taken"))) {
      assertThat(ScheduleJson.readFact(fact.type(), ScheduleJson.write(fact))).isEqualTo(fact);
    }
    assertThat(ScheduleJson.write(new ScheduleEvent.Triggered(NOON, Schedule.Cause.SPEC, "w")))
        .isEqualTo("{\"nominal\":1798804800000000,\"by\":\"SPEC\",\"workflowId\":\"w\"}");
  }

  @Test
  void whatNobodyWroteIsSaidToBeUnreadable() {
    String json = ScheduleJson.write(schedule());
    for (String bad : List.of("[", "{}", json.replace("Europe/Berlin", "Nowhere/Land"), json.replace("0 3 *", "0 99 *"),
        json.replace("CANCEL_OTHER", "WHATEVER"))) {
      assertThatThrownBy(() -> ScheduleJson.read("nightly", 1, 1, bad)).isInstanceOf(CorruptHistory.class)
          .hasMessageContaining("schedule nightly cannot be read");
    }
    assertThatThrownBy(() -> ScheduleJson.readFact("ScheduleSlept", "{}")).isInstanceOf(CorruptHistory.class);
  }
}
