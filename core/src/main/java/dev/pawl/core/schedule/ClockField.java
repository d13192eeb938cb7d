package dev.pawl.core.schedule;

import java.util.List;
import java.util.Locale;

/** A field of a cron expression or a calendar, with the values it may have. Sunday is 0, and 7 as well. */
enum ClockField {
  SECOND(0, 59, List.of()),
  MINUTE(0, 59, List.of()),
  HOUR(0, 23, List.of()),
  DAY_OF_MONTH(1, 31, List.of()),
  MONTH(1, 12, List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")),
  DAY_OF_WEEK(0, 7, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")),
  YEAR(1970, 2199, List.of());

  final int first;
  final int last;
  private final List<String> names;

  ClockField(int first, int last, List<String> names) {
    this.first = first;
    this.last = last;
    this.names = names;
  }

  /** The field's name in a calendar, and in messages. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The value that a number or a name stands for; -1 if it is neither, or out of range. */
  int value(String text) {
    int named = names.indexOf(text);
    if (named >= 0) return first + named;
    if (!text.matches("[0-9]{1,4}")) return -1;
    int value = Integer.parseInt(text);
    return value < first || value > last ? -1 : value;
  }

  /** What its values look like, for messages. */
  String range() {
    return "%d-%d%s".formatted(first, last, names.isEmpty() ? "" : " or " + names.getFirst() + "-" + names.getLast());
  }
}
