package dev.pawl.engine.commit;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** One thread waiting for one or more answers. */
final class Batch {
  private final Thread waiter = Thread.currentThread();
  private final AtomicInteger missing;

  Batch(int answers) {
    missing = new AtomicInteger(answers);
  }

  void arrived() {
    if (missing.decrementAndGet() == 0) LockSupport.unpark(waiter);
  }

  /**
   * Waits for all answers. Being interrupted does not end the wait: the commit may be under way, and its outcome must be
   * known. The interrupt is kept for the caller.
   */
  void await() {
    boolean interrupted = false;
    while (missing.get() > 0) {
      LockSupport.park(this);
      if (Thread.interrupted()) interrupted = true;
    }
    if (interrupted) Thread.currentThread().interrupt();
  }
}
