package dev.pawl.engine.store.sql;

import java.time.Instant;

/** Instants as they lie in the database: microseconds since 1970. */
final class Micros {
  private Micros() {}

  static long of(Instant instant) {
    return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1000);
  }

  /** As {@link #of}, but what lies too far off becomes the nearest instant that fits: a filter, a deadline. */
  static long nearest(Instant instant) {
    try {
      return of(instant);
    } catch (ArithmeticException tooFar) {
      return instant.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  static Instant toInstant(long micros) {
    return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
  }
}
