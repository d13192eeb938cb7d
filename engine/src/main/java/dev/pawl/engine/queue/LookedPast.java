package dev.pawl.engine.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a duty wanted to do something about and could not, because the run that it is about cannot be read. It stays due,
 * so the duty asks for as many more as there are here and leaves these out: they hold no place in its page. After a
 * while each is tried again, should the run have been repaired.
 */
public final class LookedPast<K> {
  private static final Duration FOR = Duration.ofMinutes(1);

  /** Beyond this the oldest are tried again early. */
  private static final int MOST = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<K, Instant> until = new LinkedHashMap<>();

  public void add(K what, Instant now) {
    lock.lock();
    try {
      until.remove(what);
      if (until.size() >= MOST) until.remove(until.keySet().iterator().next());
      until.put(what, now.plus(FOR));
    } finally {
      lock.unlock();
    }
  }

  public boolean has(K what) {
    lock.lock();
    try {
      return until.containsKey(what);
    } finally {
      lock.unlock();
    }
  }

  /** How many there are at {@code now}. */
  public int size(Instant now) {
    lock.lock();
    try {
      until.values().removeIf(at -> !at.isAfter(now));
      return until.size();
    } finally {
      lock.unlock();
    }
  }
}
