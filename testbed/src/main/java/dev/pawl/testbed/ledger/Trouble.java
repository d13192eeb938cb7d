package dev.pawl.testbed.ledger;

import java.time.Duration;

/** What the ledger does to its next calls; {@code times} says to how many, then it is well again. */
public sealed interface Trouble {
  int times();

  /** Applies the call and closes the connection without a word. */
  record DropReply(int times) implements Trouble {}

  /** Applies the call and answers only after {@link LedgerClient#release}, or never. */
  record Hold(int times) implements Trouble {}

  /** Waits before it applies. */
  record Slow(int times, Duration delay) implements Trouble {}

  /** Applies nothing and says so. */
  record Fail(int times) implements Trouble {}

  default String line() {
    return switch (this) {
      case DropReply t -> "drop-reply\t" + t.times;
      case Hold t -> "hold\t" + t.times;
      case Slow t -> "slow\t" + t.times + "\t" + t.delay;
      case Fail t -> "fail\t" + t.times;
    };
  }

  static Trouble read(String kind, String... words) {
    int times = Integer.parseInt(words[0]);
    return switch (kind) {
      case "drop-reply" -> new DropReply(times);
      case "hold" -> new Hold(times);
      case "slow" -> new Slow(times, Duration.parse(words[1]));
      case "fail" -> new Fail(times);
      default -> throw new IllegalArgumentException("no such trouble: '%s'".formatted(kind));
    };
  }
}
