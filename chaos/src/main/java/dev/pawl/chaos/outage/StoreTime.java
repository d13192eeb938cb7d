package dev.pawl.chaos.outage;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** The store's clock: as fast as any other, and hours pass when they are told to. */
final class StoreTime implements InstantSource {
  private final InstantSource clock = InstantSource.system();
  private final AtomicLong ahead = new AtomicLong();

  @Override
  public Instant instant() {
    return clock.instant().plusNanos(ahead.get());
  }

  void pass(Duration time) {
    ahead.addAndGet(time.toNanos());
  }
}
