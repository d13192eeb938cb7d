package dev.pawl.core.schedule;

import java.util.BitSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cron expression: {@code [second] minute hour day-of-month month day-of-week [year]}. Five fields are from the minute
 * to the day of the week; a sixth is the second, in front; a seventh is the year, at the end.
 *
 * <p>A field is {@code *} or a list of values, ranges ({@code 9-17}) and steps ({@code 10-50/20}; {@code 5/15} is from 5
 * to the field's end, and {@code *} may have a step as well), without spaces. Months and weekdays have English names of
 * three letters; Sunday is 0 or 7. A day of the month may be {@code L} (the last), {@code L-2}, {@code 15W} (the nearest
 * Monday to Friday of the month) or {@code LW}; a weekday may be {@code FRIL} (the last Friday) or {@code FRI#2} (the
 * second). {@code ?} is {@code *} for a day. If both fields of
 * days say something, a day that fits either is enough; a field that is just {@code *} says nothing, while one with a
 * step does. {@code @hourly}, {@code @daily}, {@code @midnight}, {@code @weekly}, {@code @monthly}, {@code @yearly} and
 * {@code @annually} are short for what they say.
 *
 * <p>Two expressions are equal if their texts are, whitespace apart.
 */
public final class CronExpression {
  private static final Map<String, String> SHORT = Map.of("@hourly", "0 * * * *", "@daily", "0 0 * * *",
      "@midnight", "0 0 * * *", "@weekly", "0 0 * * 0", "@monthly", "0 0 1 * *", "@yearly", "0 0 1 1 *",
      "@annually", "0 0 1 1 *");

  private final String text;
  private final WallTimes times;

  private CronExpression(String text, WallTimes times) {
    this.text = text;
    this.times = times;
  }

  /**
   * Reads an expression.
   *
   * @param path where it came from, such as {@code spec.cron_expressions[0]}
   * @throws ScheduleRefusedException with {@link ScheduleCode#INVALID_CRON_EXPRESSION} if it cannot be read, or with
   *     {@link ScheduleCode#NEVER_FIRES} if it names no day of any year
   */
  public static CronExpression parse(String text, String path) {
    String plain = text.strip().replaceAll("\\s+", " ");
    String[] fields = SHORT.getOrDefault(plain, plain).split(" ");
    if (fields.length < 5 || fields.length > 7) {
      throw new ScheduleRefusedException(ScheduleCode.INVALID_CRON_EXPRESSION, path,
          "expected 5 to 7 fields, found %s'%s'".formatted(
              plain.startsWith("@") ? "" : plain.isEmpty() ? "none in " : fields.length + " in ", plain));
    }
    int minute = fields.length == 5 ? 0 : 1;
    String days = fields[minute + 2];
    String weekdays = fields[minute + 4];
    DayRule dates = rule(ClockField.DAY_OF_MONTH, days, path);
    DayRule week = rule(ClockField.DAY_OF_WEEK, weekdays, path);
    boolean either = !FieldReader.open(days) && !FieldReader.open(weekdays);
    BitSet second = minute == 0 ? BitSet.valueOf(new long[] {1}) : values(ClockField.SECOND, fields[0], path);
    return new CronExpression(plain, fires(path, plain, new WallTimes(second,
        values(ClockField.MINUTE, fields[minute], path), values(ClockField.HOUR, fields[minute + 1], path),
        either ? month -> dates.in(month) | week.in(month) : month -> dates.in(month) & week.in(month),
        values(ClockField.MONTH, fields[minute + 3], path), fields.length < 7 ? null : years(fields[6], path))));
  }

  /** The text it was read from, with single spaces. */
  public String text() {
    return text;
  }

  WallTimes times() {
    return times;
  }

  private static WallTimes fires(String path, String text, WallTimes times) {
    if (CalendarTimes.neverFires(times)) {
      throw new ScheduleRefusedException(ScheduleCode.NEVER_FIRES, path, "no day of any year fits '%s'".formatted(text));
    }
    return times;
  }

  private static @Nullable BitSet years(String text, String path) {
    return text.equals("*") ? null : values(ClockField.YEAR, text, path);
  }

  private static BitSet values(ClockField field, String text, String path) {
    return new FieldReader(field, ScheduleCode.INVALID_CRON_EXPRESSION, path).values(text);
  }

  private static DayRule rule(ClockField field, String text, String path) {
    return new FieldReader(field, ScheduleCode.INVALID_CRON_EXPRESSION, path).days(text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CronExpression that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
