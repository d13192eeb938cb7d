package dev.pawl.engine.queue;

import java.time.Instant;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Wake-ups at instants in the near future. Hints only: what is lost here is found by a poll's look at the database.
 */
public final class Alarms {
  private static final int MOST = 200_000;

  private record Alarm(Instant at, long order, Runnable wake) implements Comparable<Alarm> {
    @Override
    public int compareTo(Alarm other) {
      int byTime = at.compareTo(other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
  private volatile Runnable onEarlier = () -> {};
  private long count;

  /** @param hook called when an alarm becomes the next one; must not block */
  public void onEarlier(Runnable hook) {
    onEarlier = hook;
  }

  /** Runs {@code wake} at the first tick at or after {@code at}; dropped if there are too many alarms already. */
  public void at(Instant at, Runnable wake) {
    boolean first;
    lock.lock();
    try {
      if (alarms.size() >= MOST) return;
      Alarm alarm = new Alarm(at, count++, wake);
      alarms.add(alarm);
      first = alarms.peek() == alarm;
    } finally {
      lock.unlock();
    }
    if (first) onEarlier.run();
  }

  /** Runs what is due. @return how many */
  public int tick(Instant now) {
    int done = 0;
    while (true) {
      Alarm next;
      lock.lock();
      try {
        next = alarms.peek();
        if (next == null || next.at.isAfter(now)) return done;
        alarms.poll();
      } finally {
        lock.unlock();
      }
      next.wake.run();
      done++;
    }
  }

  public @Nullable Instant next() {
    lock.lock();
    try {
      Alarm next = alarms.peek();
      return next == null ? null : next.at;
    } finally {
      lock.unlock();
    }
  }
}
