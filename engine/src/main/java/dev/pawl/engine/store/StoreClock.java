package dev.pawl.engine.store;

import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Whose clock counts. {@link #ofDatabase()}: the database compares with its own clock, and the engine reads a monotone
 * copy of it; a database that has none (SQLite) is told by the process. {@link #of}: a test owns time, inside the
 * database as well.
 */
public final class StoreClock {
  private static final StoreClock DATABASE = new StoreClock(null, null);

  private final @Nullable InstantSource source;
  private final @Nullable InstantSource process;

  private StoreClock(@Nullable InstantSource source, @Nullable InstantSource process) {
    this.source = source;
    this.process = process;
  }

  public static StoreClock ofDatabase() {
    return DATABASE;
  }

  /** The database's clock, asked by a process that takes {@code process} for the time: a node whose clock is wrong. */
  public static StoreClock ofDatabase(InstantSource process) {
    return new StoreClock(null, process);
  }

  public static StoreClock of(InstantSource source) {
    return new StoreClock(source, null);
  }

  /** The test's clock; null if the database's counts. */
  public @Nullable InstantSource source() {
    return source;
  }

  /** What this process takes for the time; null: the system's clock. */
  public @Nullable InstantSource process() {
    return process;
  }

  /** The test's instant in microseconds; only if a test owns the clock. */
  public long testMicros() {
    if (source == null) throw new IllegalStateException("expected a test's clock, but the database's counts");
    Instant instant = source.instant();
    return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1000);
  }
}
