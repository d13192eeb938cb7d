package dev.pawl.testbed.fault;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Named counts that can be waited for. */
final class Tally {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Long> counts = new TreeMap<>();

  void add(String name) {
    lock.lock();
    try {
      counts.merge(name, 1L, Long::sum);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  long get(String name) {
    lock.lock();
    try {
      return counts.getOrDefault(name, 0L);
    } finally {
      lock.unlock();
    }
  }

  Map<String, Long> all() {
    lock.lock();
    try {
      return new TreeMap<>(counts);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until {@code name} was counted {@code atLeast} times; false if that did not happen in time. */
  boolean await(String name, long atLeast, Duration patience) {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (counts.getOrDefault(name, 0L) < atLeast) {
        if (left <= 0) return false;
        left = changed.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
