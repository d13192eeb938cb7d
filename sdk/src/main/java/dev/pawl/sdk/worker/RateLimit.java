package dev.pawl.sdk.worker;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** So many per second, with one second's worth in hand. */
final class RateLimit {
  private final double perSecond;
  private final ReentrantLock lock = new ReentrantLock();
  private double inHand;
  private long since = System.nanoTime();

  /** @param perSecond 0: no limit */
  RateLimit(double perSecond) {
    if (perSecond < 0) throw new IllegalArgumentException("activitiesPerSecond: expected 0 or more, got " + perSecond);
    this.perSecond = perSecond;
    this.inHand = Math.max(1, perSecond);
  }

  /** Takes between 1 and {@code wanted}, waiting for the first. */
  int take(int wanted) throws InterruptedException {
    if (perSecond == 0) return wanted;
    while (true) {
      long wait;
      lock.lock();
      try {
        long now = System.nanoTime();
        inHand = Math.min(Math.max(1, perSecond), inHand + (now - since) / 1e9 * perSecond);
        since = now;
        int given = (int) Math.min(wanted, Math.floor(inHand));
        if (given > 0) {
          inHand -= given;
          return given;
        }
        wait = (long) ((1 - inHand) / perSecond * 1e9) + 1;
      } finally {
        lock.unlock();
      }
      TimeUnit.NANOSECONDS.sleep(wait);
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
