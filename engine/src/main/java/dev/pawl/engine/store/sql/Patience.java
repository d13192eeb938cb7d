package dev.pawl.engine.store.sql;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How long to go on trying what others stand in the way of: it counts time and not trials, which may take long. */
final class Patience {
  private final LongSupplier nanos;
  private final long since;
  private final long most;

  /** @param nanos the monotonic clock */
  Patience(Duration most, LongSupplier nanos) {
    this.nanos = nanos;
    this.since = nanos.getAsLong();
    this.most = most.toNanos();
  }

  boolean isOver() {
    return nanos.getAsLong() - since >= most;
  }
}
