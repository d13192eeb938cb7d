package dev.pawl.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronExpressionTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "*/20 * * * *              | 2026-01-01T00:20Z 2026-01-01T00:40Z 2026-01-01T01:00Z",
      "5/25 9 * * *              | 2026-01-01T09:05Z 2026-01-01T09:30Z 2026-01-01T09:55Z",
      "10-50/20 0 * * *          | 2026-01-01T00:10Z 2026-01-01T00:30Z 2026-01-01T00:50Z",
      "0 9-10,17 * * *           | 2026-01-01T09:00Z 2026-01-01T10:00Z 2026-01-01T17:00Z",
      "0 0 29 2 *                | 2028-02-29T00:00Z 2032-02-29T00:00Z 2036-02-29T00:00Z",
      "0 0 L * *                 | 2026-01-31T00:00Z 2026-02-28T00:00Z 2026-03-31T00:00Z",
      "0 0 L-2 * *               | 2026-01-29T00:00Z 2026-02-26T00:00Z 2026-03-29T00:00Z",
      "0 0 LW * *                | 2026-01-30T00:00Z 2026-02-27T00:00Z 2026-03-31T00:00Z",
      "0 0 1W * *                | 2026-02-02T00:00Z 2026-03-02T00:00Z 2026-04-01T00:00Z",
      "0 0 15W * *               | 2026-01-15T00:00Z 2026-02-16T00:00Z 2026-03-16T00:00Z",
      "0 0 31W * *               | 2026-01-30T00:00Z 2026-03-31T00:00Z 2026-05-29T00:00Z",
      "0 0 ? * fri#2             | 2026-01-09T00:00Z 2026-02-13T00:00Z 2026-03-13T00:00Z",
      "0 0 * * 1#5               | 2026-03-30T00:00Z 2026-06-29T00:00Z 2026-08-31T00:00Z",
      "0 0 ? * FRIL              | 2026-01-30T00:00Z 2026-02-27T00:00Z 2026-03-27T00:00Z",
      "0 0 * * 7                 | 2026-01-04T00:00Z 2026-01-11T00:00Z 2026-01-18T00:00Z",
      "0 0 * * FRI-SUN           | 2026-01-02T00:00Z 2026-01-03T00:00Z 2026-01-04T00:00Z",
      "0 0 13 * FRI              | 2026-01-02T00:00Z 2026-01-09T00:00Z 2026-01-13T00:00Z",
      "0 0 L,15 JAN-feb ?        | 2026-01-15T00:00Z 2026-01-31T00:00Z 2026-02-15T00:00Z",
      "30 0 12 * * *             | 2026-01-01T12:00:30Z 2026-01-02T12:00:30Z 2026-01-03T12:00:30Z",
      "*/30 59 23 31 12 * 2027-2028 | 2027-12-31T23:59:00Z 2027-12-31T23:59:30Z 2028-12-31T23:59:00Z",
      "0 0 0 1 1 ? 2030          | 2030-01-01T00:00Z",
      "0 0 29 2 MON#5            | 2028-02-29T00:00Z 2032-02-29T00:00Z 2036-02-29T00:00Z",
      "@weekly                   | 2026-01-04T00:00Z 2026-01-11T00:00Z 2026-01-18T00:00Z",
      "@yearly                   | 2027-01-01T00:00Z 2028-01-01T00:00Z 2029-01-01T00:00Z",
  })
  void nextTimesAfterNewYear2026(String text, String times) {
    CronExpression cron = CronExpression.parse(text, "cron");
    var spec = new ScheduleSpec(new ScheduleSpec.Sources(List.of(cron), List.of(), List.of(), List.of()), ZoneId.of("UTC"),
        ClockChange.ONCE, ScheduleSpec.Window.ALWAYS, Duration.ZERO);
    assertThat(spec.preview(Instant.parse("2026-01-01T00:00:00Z"), 3, "").stream().map(fire -> fire.nominal()))
        .isEqualTo(List.of(times.split(" ")).stream().map(CronExpressionTest::instant).toList());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
      "\"\"                | expected 5 to 7 fields",
      "* * * *             | expected 5 to 7 fields, found 4",
      "* * * * * * * *     | expected 5 to 7 fields, found 8",
      "@reboot             | expected 5 to 7 fields, found '@reboot'",
      "60 * * * *          | minute: expected 0-59, found '60'",
      "* 24 * * *          | hour: expected 0-23",
      "* * 0 * *           | day_of_month: expected 1-31",
      "* * * 13 *          | month: expected 1-12 or JAN-DEC, found '13'",
      "* * * * 8           | day_of_week: expected 0-7 or SUN-SAT",
      "* * * * FRI-MON     | day_of_week: expected a range that does not go backwards",
      "*/0 * * * *         | minute: expected a step of 1 to 59",
      "*/90 * * * *        | minute: expected a step of 1 to 59, found '*/90'",
      "1-2-3 * * * *       | minute: expected a range of two values",
      "1/2/3 * * * *       | minute: expected at most one '/'",
      "1,,2 * * * *        | minute: expected 0-59, found ''",
      "-1 * * * *          | minute: expected 0-59, found '-1'",
      "? * * * *           | minute: '?' is for the two fields of days only",
      "* * 32W * *         | day_of_month: expected 1-31, found '32W'",
      "* * L-31 * *        | day_of_month: expected L-1 to L-30",
      "* * * * L           | day_of_week: expected a weekday before L",
      "* * * * MON#6       | day_of_week: expected #1 to #5",
      "* * * * #2          | day_of_week: expected 0-7",
      "0 0 0 1 1 ? 1969    | year: expected 1970-2199",
  })
  void whatCannotBeReadIsNamed(String text, String message) {
    ScheduleFlaw flaw = flaw(text);
    assertThat(flaw.code()).isEqualTo(ScheduleCode.INVALID_CRON_EXPRESSION);
    assertThat(flaw.field()).isEqualTo("spec.cron_expressions[1]");
    assertThat(flaw.message()).startsWith(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 0 30 2 *", "0 0 31 4,6 ?", "0 0 0 29 2 ? 2027", "0 0 31W 2 *"})
  void whatNeverFiresIsRefused(String text) {
    assertThat(flaw(text).code()).isEqualTo(ScheduleCode.NEVER_FIRES);
  }

  @Test
  void theRarestDayIsFound() {
    // The fifth Monday of a February needs a leap year that begins well, and 2100 is none.
    CronExpression cron = CronExpression.parse("0 0 0 ? 2 MON#5 2090-2199", "cron");
    assertThat(new WallClock(ZoneId.of("UTC"), ClockChange.ONCE).next(cron.times(), Instant.parse("2026-01-01T00:00:00Z")))
        .isEqualTo(instant("2112-02-29T00:00Z"));
  }

  @Test
  void spacesDoNotMatter() {
    assertThat(CronExpression.parse(" 0  9 * *\t1 ", "cron")).isEqualTo(CronExpression.parse("0 9 * * 1", "cron"))
        .hasToString("0 9 * * 1");
  }

  private static ScheduleFlaw flaw(String text) {
    return catchThrowableOfType(ScheduleRefusedException.class, () -> CronExpression.parse(text, "spec.cron_expressions[1]")).flaw();
  }

  private static Instant instant(String text) {
    return java.time.OffsetDateTime.parse(text).toInstant();
  }
}
