package dev.pawl.engine.commit;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread waiting for one or more answers. */
public final class Batch {
  private final Thread waiter = Thread.currentThread();
  private final AtomicInteger missing;
  private final @Nullable Runnable whenAll;

  /** @param whenAll called once all are there, on a lane's thread; null: nothing to call */
  public Batch(int answers, @Nullable Runnable whenAll) {
    this.missing = new AtomicInteger(answers);
    this.whenAll = whenAll;
  }

  void arrived() {
    if (missing.decrementAndGet() > 0) return;
    if (whenAll != null) whenAll.run();
    LockSupport.unpark(waiter);
  }

  /**
   * Waits for all answers. Being interrupted does not end the wait: the commit may be under way, and its outcome must
   * be known. The interrupt is kept for the caller.
   */
  public void await() {
    boolean interrupted = false;
    while (missing.get() > 0) {
      LockSupport.park(this);
      if (Thread.interrupted()) interrupted = true;
    }
    if (interrupted) Thread.currentThread().interrupt();
  }
}
