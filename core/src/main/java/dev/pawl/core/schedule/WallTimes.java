package dev.pawl.core.schedule;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A set of wall times, in whole seconds.
 *
 * @param years null: every year
 */
record WallTimes(BitSet seconds, BitSet minutes, BitSet hours, DayRule days, BitSet months, @Nullable BitSet years) {

  /** Whether it is for every hour of its days. Such times follow the hours that pass, not the clock on the wall. */
  boolean everyHour() {
    return hours.cardinality() == 24;
  }

  /** Whether it is for the whole of each of its days. */
  boolean wholeDays() {
    return everyHour() && minutes.cardinality() == 60 && seconds.cardinality() == 60;
  }

  boolean contains(LocalDateTime time) {
    return time.equals(from(time, time.plusSeconds(1)));
  }

  /**
   * The first of them in a range.
   *
   * @param from inclusive, in whole seconds
   * @param until exclusive
   */
  @Nullable LocalDateTime from(LocalDateTime from, LocalDateTime until) {
    for (YearMonth month = YearMonth.from(from); month.atDay(1).atStartOfDay().isBefore(until); ) {
      if (years != null && !years.get(Math.max(0, month.getYear()))) {
        int next = years.nextSetBit(Math.max(0, month.getYear()));
        if (next < 0) return null;
        month = YearMonth.of(next, 1);
        continue;
      }
      if (months.get(month.getMonthValue())) {
        LocalDateTime found = in(month, from);
        if (found != null) return found.isBefore(until) ? found : null;
      }
      month = month.plusMonths(1);
    }
    return null;
  }

  private @Nullable LocalDateTime in(YearMonth month, LocalDateTime from) {
    long days = this.days.in(month);
    for (int day = 1; day <= month.lengthOfMonth(); day++) {
      if ((days >> day & 1) == 0) continue;
      LocalDate date = month.atDay(day);
      if (date.isBefore(from.toLocalDate())) continue;
      LocalTime time = from(date.equals(from.toLocalDate()) ? from.toLocalTime() : LocalTime.MIDNIGHT);
      if (time != null) return date.atTime(time);
    }
    return null;
  }

  private @Nullable LocalTime from(LocalTime time) {
    int hour = hours.nextSetBit(time.getHour());
    if (hour < 0) return null;
    if (hour > time.getHour()) return first(hour);
    int minute = minutes.nextSetBit(time.getMinute());
    if (minute == time.getMinute()) {
      int second = seconds.nextSetBit(time.getSecond());
      if (second >= 0) return LocalTime.of(hour, minute, second);
      minute = minutes.nextSetBit(minute + 1);
    }
    if (minute >= 0) return LocalTime.of(hour, minute, seconds.nextSetBit(0));
    hour = hours.nextSetBit(hour + 1);
    return hour < 0 ? null : first(hour);
  }

  private LocalTime first(int hour) {
    return LocalTime.of(hour, minutes.nextSetBit(0), seconds.nextSetBit(0));
  }
}
