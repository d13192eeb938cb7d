package dev.pawl.core.task;

import org.jspecify.annotations.Nullable;

/**
 * Whose share of a queue a task takes. Within one priority of a queue each key that waits is served in proportion to its
 * weight, however much of it waits; within a key the oldest comes first. Tasks without a key share as one more key, of
 * weight {@link #LEAST}.
 *
 * @param key such as a customer; 1 to 255 characters
 * @param weight 1 to 1,000: a key of weight 3 gets three tasks for one of a key of weight 1
 */
public record Fairness(String key, int weight) {
  public static final int LEAST = 1;
  public static final int MOST = 1_000;

  /** How much one task of such weight takes of its key's share. */
  public static double cost(@Nullable Fairness fairness) {
    return 1.0 / (fairness == null ? LEAST : Math.clamp(fairness.weight, LEAST, MOST));
  }
}
