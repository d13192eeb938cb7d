package dev.pawl.engine.store;

import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Whose clock counts. {@link #ofDatabase()}: the database compares with its own clock, and the engine reads a monotone
 * copy of it. {@link #of}: a test owns time, inside the database as well.
 */
public final class StoreClock {
  private static final StoreClock DATABASE = new StoreClock(null);

  private final @Nullable InstantSource source;

  private StoreClock(@Nullable InstantSource source) {
    this.source = source;
  }

  public static StoreClock ofDatabase() {
    return DATABASE;
  }

  public static StoreClock of(InstantSource source) {
    return new StoreClock(source);
  }

  /** The test's clock; null if the database's counts. */
  public @Nullable InstantSource source() {
    return source;
  }

  /** The test's instant in microseconds; only if a test owns the clock. */
  public long testMicros() {
    if (source == null) throw new IllegalStateException("expected a test's clock, but the database's counts");
    Instant instant = source.instant();
    return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1000);
  }
}
