package dev.pawl.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time that only the test moves. */
final class OwnedClock implements InstantSource {
  private volatile Instant now = Instant.parse("2027-01-01T00:00:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }
}
