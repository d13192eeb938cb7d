package dev.pawl.examples.demo;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** What happened and when, for people: in colour on a terminal, plain otherwise and where {@code NO_COLOR} is set. */
final class Timeline {
  /** How a line is meant. */
  enum Tone {
    /** The demo itself does something. */
    ACT("1"),
    /** A worker process works. */
    WORK("32"),
    /** A run's history grew. */
    RECORD("36"),
    /** Something broke. */
    CRASH("1;31"),
    /** Worth a look: replay, a known key. */
    LOOK("1;33");

    private final String code;

    Tone(String code) {
      this.code = code;
    }
  }

  private final PrintStream out;
  private final boolean colour;
  private final Instant began;

  Timeline(PrintStream out, boolean colour, Instant began) {
    this.out = out;
    this.colour = colour;
    this.began = began;
  }

  void at(Instant at, String who, Tone tone, String text) {
    double seconds = Math.max(0, Duration.between(began, at).toMillis()) / 1000.0;
    out.println(paint("2", String.format(Locale.ROOT, "%6.2f s", seconds)) + "  "
        + paint(tone.code, String.format("%-9s", who)) + "  "
        + (tone == Tone.CRASH || tone == Tone.LOOK ? paint(tone.code, text) : text));
  }

  void say(String text) {
    out.println(text);
  }

  void heading(String text) {
    out.println();
    out.println(paint("1", text));
  }

  private String paint(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  /** Whether standard output shows colours. */
  static boolean wanted() {
    String no = System.getenv("NO_COLOR");
    Console console = System.console();
    if (no != null && !no.isEmpty() || "dumb".equals(System.getenv("TERM")) || console == null) return false;
    try {
      // Since 22 there is a console without a terminal too, and a method that tells.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException before22) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
