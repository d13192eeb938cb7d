package dev.pawl.engine.store.sql;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who is next among the keys of one priority of one queue, as this node has served them. Each key has a tag; the lowest
 * is served, and every task moves it on by one divided by its weight. Who comes, or comes back, begins where the others
 * are: what nobody else wanted is never held against anybody, and nobody saves up. Guarded by {@link #lock}.
 */
final class Turn {
  /** Beyond this, keys that do not wait and owe nothing are forgotten. */
  private static final int MOST = 10_000;

  /** One key, or all tasks without a key. */
  static final class Share implements Comparable<Share> {
    final int level;
    private double tag;
    private double cost = 1;
    private long oldest;
    private boolean waits;

    private Share(int level) {
      this.level = level;
    }

    private Share(Share other) {
      this(other.level);
      tag = other.tag;
      cost = other.cost;
      oldest = other.oldest;
    }

    @Override
    public int compareTo(Share other) {
      int byTag = Double.compare(tag, other.tag);
      if (byTag != 0) return byTag;
      int byAge = Long.compare(oldest, other.oldest);
      return byAge != 0 ? byAge : Integer.compare(level, other.level);
    }
  }

  final ReentrantLock lock = new ReentrantLock();
  /** The line at which the last look for keys ended. */
  int seenUpTo;
  private final Map<Integer, Share> shares = new HashMap<>();
  private final TreeSet<Share> waiting = new TreeSet<>();
  /** The tag of who was served last. */
  private double now;

  Turn(int seenUpTo) {
    this.seenUpTo = seenUpTo;
  }

  /** @param oldest in microseconds, when its first task became due */
  void waits(int level, long oldest) {
    Share share = shares.computeIfAbsent(level, Share::new);
    if (share.waits) waiting.remove(share);
    else share.tag = Math.max(share.tag, now);
    share.oldest = oldest;
    share.waits = true;
    waiting.add(share);
  }

  void idle(int level) {
    Share share = shares.get(level);
    if (share == null || !share.waits) return;
    waiting.remove(share);
    share.waits = false;
    if (shares.size() > MOST) shares.values().removeIf(one -> !one.waits && one.tag <= now);
  }

  @Nullable Share next() {
    return waiting.isEmpty() ? null : waiting.first();
  }

  /** @param cost of the task, 0.001 to 1 */
  void served(Share share, double cost) {
    waiting.remove(share);
    now = Math.max(now, share.tag);
    share.cost = cost;
    share.tag += cost;
    waiting.add(share);
  }

  /** Who would be served how often if all had enough, at the weights that were seen last. */
  Map<Integer, Integer> plan(int tasks) {
    PriorityQueue<Share> order = new PriorityQueue<>();
    for (Share share : waiting) {
      if (order.size() == tasks) break;
      order.add(new Share(share));
    }
    Map<Integer, Integer> plan = new LinkedHashMap<>();
    for (int i = 0; i < tasks && !order.isEmpty(); i++) {
      Share next = order.remove();
      plan.merge(next.level, 1, Integer::sum);
      next.tag += next.cost;
      order.add(next);
    }
    return plan;
  }
}
