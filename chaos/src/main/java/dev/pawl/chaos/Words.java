package dev.pawl.chaos;

import java.util.List;

/** The words of a command line, one after another. */
final class Words {
  private final List<String> words;
  private int at;

  Words(List<String> words) {
    this.words = words;
  }

  boolean more() {
    return at < words.size();
  }

  String next() {
    return words.get(at++);
  }

  String value(String option) {
    if (!more()) throw new IllegalArgumentException(option + " wants a value");
    return next();
  }

  long number(String option, long least) {
    String value = value(option);
    try {
      long number = Long.parseLong(value);
      if (number >= least) return number;
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("%s: expected a number%s, got '%s'".formatted(
        option, least == Long.MIN_VALUE ? "" : " of " + least + " or more", value));
  }

  double decimal(String option) {
    String value = value(option);
    try {
      double number = Double.parseDouble(value);
      if (number > 0) return number;
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("%s: expected a number above 0, got '%s'".formatted(option, value));
  }
}
