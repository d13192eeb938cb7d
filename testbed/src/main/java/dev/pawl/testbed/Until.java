package dev.pawl.testbed;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what comes by itself, and leaves the processor to those who bring it about. */
public final class Until {
  private static final long BETWEEN = 10_000_000L;

  private Until() {}

  /** Looks again and again. @throws AssertionError if it does not come in time */
  public static void holds(Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) throw new AssertionError("it did not come within " + patience);
      LockSupport.parkNanos(BETWEEN);
    }
  }
}
