package dev.pawl.engine.queue;

import dev.pawl.core.task.Fairness;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fair order of what is queued in memory: each task gets a tag when it comes, and lower tags go first. A key's next tag is
 * its last one and a step on, longer for smaller weights; a key that had nothing queued begins at the tag that was
 * served last. Guarded by the lock of its {@link TaskQueue}.
 */
final class Tags {
  private static final int MOST = 10_000;

  /** Of one priority. */
  private static final class Level {
    private double served;
    private double unkeyed;
    private final Map<String, Double> ends = new HashMap<>(0);
  }

  private final Level[] levels = new Level[10];

  Tags() {
    for (int i = 0; i < levels.length; i++) levels[i] = new Level();
  }

  private Level level(int priority) {
    return levels[Math.clamp(priority, 0, levels.length - 1)];
  }

  double next(int priority, @Nullable Fairness fairness) {
    Level level = level(priority);
    double cost = Fairness.cost(fairness);
    if (fairness == null) {
      double tag = Math.max(level.unkeyed, level.served);
      level.unkeyed = tag + cost;
      return tag;
    }
    if (level.ends.size() >= MOST) level.ends.values().removeIf(end -> end <= level.served);
    if (level.ends.size() >= MOST) level.ends.clear();
    double tag = Math.max(level.ends.getOrDefault(fairness.key(), 0.0), level.served);
    level.ends.put(fairness.key(), tag + cost);
    return tag;
  }

  void served(int priority, double tag) {
    Level level = level(priority);
    level.served = Math.max(level.served, tag);
  }
}
