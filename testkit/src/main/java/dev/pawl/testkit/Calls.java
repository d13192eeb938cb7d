package dev.pawl.testkit;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the calls that may change something, on their way in and on their way out. If nothing is inside and the count has
 * not moved while somebody looked at the database, then what they saw was the truth from the first row to the last.
 */
final class Calls {
  /** @param moves how many calls came or went @param inside how many are under way */
  record Mark(long moves, int inside) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private long moves;
  private long wakes;
  private int inside;

  void enter() {
    lock.lock();
    try {
      moves++;
      inside++;
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      moves++;
      inside--;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Something else happened that may matter to whoever waits. */
  void nudge() {
    lock.lock();
    try {
      moves++;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets whoever waits look again, although nothing has changed. */
  void wake() {
    lock.lock();
    try {
      wakes++;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  Mark mark() {
    lock.lock();
    try {
      return new Mark(moves, inside);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a call has left since {@code mark}, or for {@code nanos}. */
  void awaitMove(Mark mark, long nanos) throws InterruptedException {
    lock.lock();
    try {
      long rest = nanos;
      long before = wakes;
      while ((moves == mark.moves || inside > 0) && wakes == before && rest > 0) rest = moved.awaitNanos(rest);
    } finally {
      lock.unlock();
    }
  }
}
