package dev.pawl.sdk.worker;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** So many per second, with one second's worth in hand. */
final class RateLimit {
  private final double perSecond;
  private final ReentrantLock lock = new ReentrantLock();
  private double inHand;
  private final LongSupplier nanos;
  private long since;

  /** @param perSecond 0: no limit */
  RateLimit(double perSecond) {
    this(perSecond, System::nanoTime);
  }

  /** @param nanos the monotonic clock */
  RateLimit(double perSecond, LongSupplier nanos) {
    if (perSecond < 0) throw new IllegalArgumentException("activitiesPerSecond: expected 0 or more, got " + perSecond);
    this.perSecond = perSecond;
    this.inHand = Math.max(1, perSecond);
    this.nanos = nanos;
    this.since = nanos.getAsLong();
  }

  /** Takes between 1 and {@code wanted}, waiting for the first. */
  int take(int wanted) throws InterruptedException {
    while (true) {
      int given = takeNow(wanted);
      if (given > 0) return given;
      TimeUnit.NANOSECONDS.sleep(untilNext());
    }
  }

  /** Takes up to {@code wanted} without waiting; 0: there is none now. */
  int takeNow(int wanted) {
    if (perSecond == 0) return wanted;
    lock.lock();
    try {
      long now = nanos.getAsLong();
      inHand = Math.min(Math.max(1, perSecond), inHand + (now - since) / 1e9 * perSecond);
      since = now;
      int given = (int) Math.min(wanted, Math.floor(inHand));
      inHand -= given;
      return given;
    } finally {
      lock.unlock();
    }
  }

  /** Nanoseconds after the last look until there is one. */
  long untilNext() {
    lock.lock();
    try {
      return (long) (Math.max(0, 1 - inHand) / perSecond * 1e9) + 1;
    } finally {
      lock.unlock();
    }
  }

  void giveBack(int unused) {
    if (perSecond == 0 || unused == 0) return;
    lock.lock();
    try {
      inHand += unused;
    } finally {
      lock.unlock();
    }
  }
}
