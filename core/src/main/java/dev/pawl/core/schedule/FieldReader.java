package dev.pawl.core.schedule;

import java.util.BitSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads one field: {@code *}, {@code ?}, values, ranges, steps, lists, and the days L, W and #. */
final class FieldReader {
  private final ClockField field;
  private final ScheduleCode code;
  private final String path;

  /** @param path where the text came from, for messages */
  FieldReader(ClockField field, ScheduleCode code, String path) {
    this.field = field;
    this.code = code;
    this.path = path;
  }

  /** Whether it says nothing about the day. Only then does the other field of days decide alone. */
  static boolean open(String text) {
    return text.equals("*") || text.equals("?");
  }

  /** The values of a field that has no L, W or #. */
  BitSet values(String text) {
    BitSet values = new BitSet();
    for (String item : items(text)) values.or(range(item));
    return values;
  }

  /** The days of a day-of-month or day-of-week field. */
  DayRule days(String text) {
    BitSet plain = new BitSet();
    DayRule days = DayRule.days(0);
    for (String item : items(text)) {
      DayRule special = field == ClockField.DAY_OF_MONTH ? specialDay(item) : specialWeekday(item);
      if (special == null) {
        plain.or(range(item));
      } else {
        DayRule before = days;
        days = month -> before.in(month) | special.in(month);
      }
    }
    if (plain.isEmpty()) return days;
    long bits = plain.toLongArray()[0];
    DayRule specials = days;
    DayRule rest = field == ClockField.DAY_OF_MONTH ? DayRule.days(bits) : DayRule.weekdays(bits & 127 | bits >> 7);
    return month -> specials.in(month) | rest.in(month);
  }

  private String[] items(String text) {
    if (text.equals("?") && field != ClockField.DAY_OF_MONTH && field != ClockField.DAY_OF_WEEK) {
      throw flaw("'?' is for the two fields of days only", text);
    }
    return open(text) ? new String[] {"*"} : text.toUpperCase(Locale.ROOT).split(",", -1);
  }

  private BitSet range(String item) {
    String[] stepped = item.split("/", -1);
    if (stepped.length > 2) throw flaw("expected at most one '/'", item);
    String[] ends = stepped[0].equals("*") ? new String[0] : stepped[0].split("-", -1);
    if (ends.length > 2) throw flaw("expected a range of two values", item);
    int from = ends.length == 0 ? field.first : value(ends[0], item);
    int to;
    if (ends.length == 2) {
      to = value(ends[1], item);
      if (field == ClockField.DAY_OF_WEEK && to == 0 && from > 0) to = 7;
    } else {
      to = ends.length == 0 || stepped.length == 2 ? last() : from;
    }
    if (to < from) throw flaw("expected a range that does not go backwards; write two", item);
    int step = stepped.length == 2 ? step(stepped[1], item) : 1;
    BitSet values = new BitSet();
    for (int value = from; value <= to; value += step) values.set(value);
    return values;
  }

  private int step(String text, String item) {
    int span = last() - field.first;
    int step = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    // A step of 90 minutes would silently mean once an hour.
    if (step < 1 || step > span) throw flaw("expected a step of 1 to %d".formatted(span), item);
    return step;
  }

  /** Sunday is written 7 at the end of a range, but a week is not counted to it twice. */
  private int last() {
    return field == ClockField.DAY_OF_WEEK ? 6 : field.last;
  }

  private int value(String text, String item) {
    int value = field.value(text);
    if (value < 0) throw flaw("expected " + field.range(), item);
    return value;
  }

  private @Nullable DayRule specialDay(String item) {
    if (item.equals("L")) return DayRule.beforeLast(0);
    if (item.equals("LW") || item.equals("WL")) return DayRule.lastWorkday();
    if (item.startsWith("L-")) {
      int back = ClockField.DAY_OF_MONTH.value(item.substring(2));
      if (back < 1 || back > 30) throw flaw("expected L-1 to L-30", item);
      return DayRule.beforeLast(back);
    }
    return item.endsWith("W") ? DayRule.nearest(value(item.substring(0, item.length() - 1), item)) : null;
  }

  private @Nullable DayRule specialWeekday(String item) {
    int hash = item.indexOf('#');
    if (hash >= 0) {
      String n = item.substring(hash + 1);
      if (!n.matches("[1-5]")) throw flaw("expected #1 to #5", item);
      return DayRule.nthOf(value(item.substring(0, hash), item) % 7, Integer.parseInt(n));
    }
    if (!item.endsWith("L")) return null;
    if (item.equals("L")) throw flaw("expected a weekday before L, such as FRIL", item);
    return DayRule.lastOf(value(item.substring(0, item.length() - 1), item) % 7);
  }

  private ScheduleRefusedException flaw(String expected, String found) {
    return new ScheduleRefusedException(code, path, "%s: %s, found '%s'".formatted(field.label(), expected, found));
  }
}
