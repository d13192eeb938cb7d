package dev.pawl.testkit.explore;

import java.util.Arrays;

/**
 * One thing that happens in a schedule, at a named place.
 *
 * @param at name of a point, or number of a due instant
 */
record Incident(Kind kind, int signal, String at) {
  enum Kind {
    CRASH_BEFORE("crash-before", "the worker dies before it"),
    CRASH_AFTER("crash-after", "the worker dies after it, before anybody hears of it"),
    FROZEN("frozen", "the worker freezes before it, and goes on with it when another one has taken over"),
    TWICE("twice", "it arrives twice"),
    LATE("late", "it arrives when another worker has taken over"),
    SIGNAL_AT("signal-at", "the signal comes in just before it"),
    SIGNAL_BEFORE_DUE("signal-before-due", "the signal comes in just before that instant"),
    SIGNAL_AFTER_DUE("signal-after-due", "the signal comes in after what was due at that instant");

    final String word;
    final String meaning;

    Kind(String word, String meaning) {
      this.word = word;
      this.meaning = meaning;
    }

    boolean isSignal() {
      return word.startsWith("signal");
    }
  }

  static Incident of(Kind kind, String at) {
    return new Incident(kind, -1, at);
  }

  /** Reads what {@link #toString} wrote. */
  static Incident parse(String text) {
    String[] part = text.strip().split(" ", 2);
    Kind kind = Arrays.stream(Kind.values()).filter(k -> part.length == 2 && k.word.equals(part[0])).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("not an incident: '" + text + "'"));
    if (!kind.isSignal()) return of(kind, part[1]);
    String[] rest = part[1].split(" ", 2);
    return new Incident(kind, Integer.parseInt(rest[0]), rest[1]);
  }

  String explained() {
    return toString() + "   (" + kind.meaning + ")";
  }

  @Override
  public String toString() {
    return kind.isSignal() ? kind.word + " " + signal + " " + at : kind.word + " " + at;
  }
}
