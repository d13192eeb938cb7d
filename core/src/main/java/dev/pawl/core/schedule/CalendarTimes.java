package dev.pawl.core.schedule;

import java.time.LocalDateTime;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * Wall times by named fields, each in the words of a {@link CronExpression}: {@code second}, {@code minute},
 * {@code hour}, {@code day_of_month}, {@code month}, {@code day_of_week}, {@code year}. Unlike there, a day has to fit
 * both fields of days: Friday the 13th is {@code day_of_week: FRI} and {@code day_of_month: 13}.
 *
 * <p>Two are equal if the fields that were given are.
 */
public final class CalendarTimes {
  private final Map<String, String> fields;
  private final WallTimes times;

  private CalendarTimes(Map<String, String> fields, WallTimes times) {
    this.fields = fields;
    this.times = times;
  }

  /**
   * Times to fire at. What is not given is {@code 0} for the hour and below, else {@code *}: an empty one is for each
   * midnight.
   *
   * @param path where it came from, such as {@code spec.calendars[0]}
   * @throws ScheduleRefusedException with {@link ScheduleCode#INVALID_CALENDAR} at the field, or {@link ScheduleCode#NEVER_FIRES}
   */
  public static CalendarTimes parse(Map<String, String> fields, String path) {
    return parse(fields, path, "0");
  }

  /**
   * Times not to fire at. What is not given is {@code *}: {@code month: 12, day_of_month: 25} is the whole of Christmas Day.
   *
   * @throws ScheduleRefusedException as {@link #parse(Map, String)} does
   */
  public static CalendarTimes parseExclusion(Map<String, String> fields, String path) {
    return parse(fields, path, "*");
  }

  private static CalendarTimes parse(Map<String, String> given, String path, String rest) {
    Map<String, String> left = new TreeMap<>(given);
    BitSet seconds = values(ClockField.SECOND, left, path, rest);
    BitSet minutes = values(ClockField.MINUTE, left, path, rest);
    BitSet hours = values(ClockField.HOUR, left, path, rest);
    DayRule dates = days(ClockField.DAY_OF_MONTH, left, path);
    DayRule week = days(ClockField.DAY_OF_WEEK, left, path);
    BitSet months = values(ClockField.MONTH, left, path, "*");
    boolean everyYear = left.getOrDefault(ClockField.YEAR.label(), "*").strip().equals("*");
    BitSet years = values(ClockField.YEAR, left, path, "*");
    for (String unknown : left.keySet()) {
      throw new ScheduleRefusedException(ScheduleCode.INVALID_CALENDAR, path + "." + unknown,
          "expected second, minute, hour, day_of_month, month, day_of_week or year, found '%s'".formatted(unknown));
    }
    WallTimes times = new WallTimes(seconds, minutes, hours, month -> dates.in(month) & week.in(month), months,
        everyYear ? null : years);
    if (neverFires(times)) {
      throw new ScheduleRefusedException(ScheduleCode.NEVER_FIRES, path, "no day of any year fits " + new TreeMap<>(given));
    }
    return new CalendarTimes(Map.copyOf(given), times);
  }

  private static BitSet values(ClockField field, Map<String, String> left, String path, String rest) {
    String text = left.remove(field.label());
    return reader(field, path).values(text == null ? rest : text.strip());
  }

  private static DayRule days(ClockField field, Map<String, String> left, String path) {
    String text = left.remove(field.label());
    return reader(field, path).days(text == null ? "*" : text.strip());
  }

  private static FieldReader reader(ClockField field, String path) {
    return new FieldReader(field, ScheduleCode.INVALID_CALENDAR, path + "." + field.label());
  }

  /** The calendar repeats itself after 400 years, and no year that can be named lies beyond 2199. */
  static boolean neverFires(WallTimes times) {
    return times.from(LocalDateTime.of(1970, 1, 1, 0, 0), LocalDateTime.of(2371, 1, 1, 0, 0)) == null;
  }

  /** What was given. */
  public Map<String, String> fields() {
    return fields;
  }

  WallTimes times() {
    return times;
  }

  @Override
  public boolean equals(Object other) {
    // An exclusion leaves other things open, so the same fields may mean other times.
    return other instanceof CalendarTimes that && fields.equals(that.fields) && times.hours().equals(that.times.hours())
        && times.minutes().equals(that.times.minutes()) && times.seconds().equals(that.times.seconds());
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  @Override
  public String toString() {
    return new TreeMap<>(fields).toString();
  }
}
