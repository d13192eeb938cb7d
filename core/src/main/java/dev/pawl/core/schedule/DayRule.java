package dev.pawl.core.schedule;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.TemporalAdjusters;

/** Days of a month. */
interface DayRule {

  /** Bit n is set if it is for the n-th day of that month. */
  long in(YearMonth month);

  static DayRule days(long days) {
    return month -> days;
  }

  /** The weekdays of a set of 0 (Sunday) to 6. */
  static DayRule weekdays(long weekdays) {
    return month -> {
      long days = 0;
      int weekday = month.atDay(1).getDayOfWeek().getValue() % 7;
      for (int day = 1; day <= month.lengthOfMonth(); day++, weekday = (weekday + 1) % 7) {
        if ((weekdays >> weekday & 1) != 0) days |= 1L << day;
      }
      return days;
    };
  }

  /** So many days before the last; a month that is too short has none. */
  static DayRule beforeLast(int back) {
    return month -> month.lengthOfMonth() > back ? 1L << month.lengthOfMonth() - back : 0;
  }

  /** Monday to Friday nearest to a day, in the same month; a month without that day has none. */
  static DayRule nearest(int day) {
    return month -> day > month.lengthOfMonth() ? 0 : workday(month, day);
  }

  static DayRule lastWorkday() {
    return month -> workday(month, month.lengthOfMonth());
  }

  static DayRule lastOf(int weekday) {
    return month -> 1L << month.atDay(1).with(TemporalAdjusters.lastInMonth(dayOfWeek(weekday))).getDayOfMonth();
  }

  static DayRule nthOf(int weekday, int n) {
    return month -> {
      LocalDate date = month.atDay(1).with(TemporalAdjusters.dayOfWeekInMonth(n, dayOfWeek(weekday)));
      return YearMonth.from(date).equals(month) ? 1L << date.getDayOfMonth() : 0;
    };
  }

  private static long workday(YearMonth month, int day) {
    int nearest = switch (month.atDay(day).getDayOfWeek()) {
      case SATURDAY -> day == 1 ? 3 : day - 1;
      case SUNDAY -> day == month.lengthOfMonth() ? day - 2 : day + 1;
      default -> day;
    };
    return 1L << nearest;
  }

  private static DayOfWeek dayOfWeek(int weekday) {
    return DayOfWeek.of(weekday == 0 ? 7 : weekday);
  }
}
