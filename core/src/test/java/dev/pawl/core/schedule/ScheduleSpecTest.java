package dev.pawl.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pawl.core.schedule.ScheduleSpec.Sources;
import dev.pawl.core.schedule.ScheduleSpec.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleSpecTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final CronExpression HOURLY = CronExpression.parse("@hourly", "cron");

  @Test
  void twoSourcesThatNameTheSameInstantMakeOneFire() {
    var spec = spec(List.of(HOURLY), List.of(Interval.parse("PT40M", null, "i")), List.of(), List.of());
    assertThat(nominal(spec, 4)).containsExactly("2026-01-01T12:40:00Z", "2026-01-01T13:00:00Z", "2026-01-01T13:20:00Z",
        "2026-01-01T14:00:00Z");
  }

  @Test
  void anIntervalCountsFromItsOffset() {
    var spec = spec(List.of(), List.of(Interval.parse("P1D", "PT9H30M", "i")), List.of(), List.of());
    assertThat(nominal(spec, 2)).containsExactly("2026-01-02T09:30:00Z", "2026-01-03T09:30:00Z");
    assertThat(Interval.parse("P2W", null, "i")).isEqualTo(Interval.parse("P14D", "PT0S", "i"));
    assertThat(Interval.parse("PT1H", "PT5M", "i").next(Instant.parse("1969-12-31T22:10:00Z")))
        .isEqualTo("1969-12-31T23:05:00Z");
  }

  @ParameterizedTest
  @CsvSource({"PT0S,,every", "-PT1H,,every", "PT0.5S,,every", "PT1.5S,,every", "P1M,,every", "PT,,every", "soon,,every",
      "P36526D,,every", "PT1H,PT1H,offset", "PT1H,-PT1S,offset", "PT1H,PT0.1S,offset", "PT1H,x,offset"})
  void aWrongIntervalIsNamed(String every, String offset, String field) {
    ScheduleFlaw flaw = flaw(() -> Interval.parse(every, offset, "spec.intervals[2]"));
    assertThat(flaw.code()).isEqualTo(ScheduleCode.INVALID_INTERVAL);
    assertThat(flaw.field()).isEqualTo("spec.intervals[2]." + field);
  }

  @Test
  void aCalendarsDayFitsBothFields() {
    var friday13 = CalendarTimes.parse(Map.of("day_of_week", "FRI", "day_of_month", "13", "hour", "9"), "c");
    assertThat(nominal(spec(List.of(), List.of(), List.of(friday13), List.of()), 3))
        .containsExactly("2026-02-13T09:00:00Z", "2026-03-13T09:00:00Z", "2026-11-13T09:00:00Z");
  }

  @Test
  void aWrongCalendarIsNamed() {
    assertThat(flaw(() -> CalendarTimes.parse(Map.of("hour", "25"), "spec.calendars[0]"))).isEqualTo(new ScheduleFlaw(
        ScheduleCode.INVALID_CALENDAR, "spec.calendars[0].hour", "hour: expected 0-23, found '25'"));
    assertThat(flaw(() -> CalendarTimes.parse(Map.of("hours", "2"), "spec.calendars[0]")).field())
        .isEqualTo("spec.calendars[0].hours");
    assertThat(flaw(() -> CalendarTimes.parse(Map.of("day_of_month", "30", "month", "FEB"), "c")).code())
        .isEqualTo(ScheduleCode.NEVER_FIRES);
  }

  @Test
  void anExclusionIsForWholeDays() {
    var holiday = CalendarTimes.parseExclusion(Map.of("month", "1", "day_of_month", "1-2"), "e");
    var evening = CalendarTimes.parseExclusion(Map.of("hour", "1-23"), "e");
    assertThat(nominal(spec(List.of(HOURLY), List.of(), List.of(), List.of(holiday)), 1)).containsExactly("2026-01-03T00:00:00Z");
    assertThat(nominal(spec(List.of(HOURLY), List.of(), List.of(), List.of(holiday, evening)), 2))
        .containsExactly("2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z");
  }

  @Test
  void whatExcludesEverythingDoesNotFire() {
    var always = CalendarTimes.parseExclusion(Map.of(), "e");
    assertThat(spec(List.of(HOURLY), List.of(), List.of(), List.of(always)).next(NOON, "s")).isNull();
  }

  @Test
  void theWindowHasItsBeginningAndNotItsEnd() {
    var all = spec(List.of(HOURLY), List.of(), List.of(), List.of());
    var spec = new ScheduleSpec(all.sources(), all.zone(), all.clockChange(),
        new Window(NOON.plusSeconds(7_200), NOON.plusSeconds(14_400)), Duration.ZERO);
    assertThat(nominal(spec, 9)).containsExactly("2026-01-01T14:00:00Z", "2026-01-01T15:00:00Z");
    assertThat(flaw(() -> new Window(NOON, NOON)).code()).isEqualTo(ScheduleCode.INVALID_TIME_RANGE);
  }

  @Test
  void jitterDelaysByTheSeedAndKeepsTheOrder() {
    var spec = new ScheduleSpec(new Sources(List.of(CronExpression.parse("*/5 * * * *", "c")), List.of(), List.of(), List.of()),
        ZoneId.of("UTC"), ClockChange.ONCE, Window.ALWAYS, Duration.ofHours(1));
    List<Fire> fires = spec.preview(NOON, 500, "nightly");
    for (int i = 0; i < 499; i++) {
      assertThat(fires.get(i).at()).isAfterOrEqualTo(fires.get(i).nominal()).isBefore(fires.get(i + 1).nominal());
    }
    assertThat(spec.preview(NOON, 500, "nightly")).isEqualTo(fires);
    assertThat(spec.preview(NOON, 500, "hourly")).isNotEqualTo(fires);
    assertThat(fires.stream().map(fire -> Duration.between(fire.nominal(), fire.at()).toSeconds() / 60).distinct()).hasSize(5);
  }

  @Test
  void whatIsOutOfRangeIsNamed() {
    var sources = new Sources(List.of(HOURLY), List.of(), List.of(), List.of());
    assertThat(flaw(() -> new ScheduleSpec(sources, ZoneId.of("UTC"), ClockChange.ONCE, Window.ALWAYS, Duration.ofSeconds(3_601))))
        .extracting(ScheduleFlaw::code, ScheduleFlaw::field).containsExactly(ScheduleCode.INVALID_JITTER, "jitter_seconds");
    assertThat(flaw(() -> new Sources(List.of(), List.of(), List.of(), List.of())).code()).isEqualTo(ScheduleCode.SPEC_EMPTY);
    assertThat(flaw(() -> ScheduleSpec.zone("Europe/Bern", "spec.timezone")))
        .extracting(ScheduleFlaw::code, ScheduleFlaw::field).containsExactly(ScheduleCode.INVALID_TIMEZONE, "spec.timezone");
    assertThat(ScheduleSpec.zone(null, "spec.timezone")).isEqualTo(ZoneId.of("UTC"));
  }

  private static ScheduleFlaw flaw(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(ScheduleRefusedException.class, call).flaw();
  }

  private static List<String> nominal(ScheduleSpec spec, int count) {
    return spec.preview(NOON, count, "s").stream().map(fire -> fire.nominal().toString()).toList();
  }

  private static ScheduleSpec spec(List<CronExpression> crons, List<Interval> intervals, List<CalendarTimes> calendars,
      List<CalendarTimes> exclusions) {
    return new ScheduleSpec(new Sources(crons, intervals, calendars, exclusions), ZoneId.of("UTC"), ClockChange.ONCE,
        Window.ALWAYS, Duration.ZERO);
  }
}
