package dev.pawl.testkit;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** Time that only the test moves, and only forward. */
final class TestClock implements InstantSource {
  private volatile Instant now;

  TestClock(Instant start) {
    this.now = start.truncatedTo(ChronoUnit.MICROS);
  }

  @Override
  public Instant instant() {
    return now;
  }

  void set(Instant next) {
    if (next.isBefore(now)) throw new IllegalArgumentException("it is %s already, not %s".formatted(now, next));
    now = next.truncatedTo(ChronoUnit.MICROS);
  }
}
