package dev.pawl.core.task;

import dev.pawl.core.value.Backoff;
import java.time.Duration;
import java.util.Optional;

/**
 * How often the lease of one task may be lost in a row, and how long the task rests in between. A budget of its own: a
 * node that comes and goes must not burn the attempts of a task, and a task that kills its workers must still be
 * stopped.
 */
public final class LossBudget {
  /** The loss in a row that stops the task. */
  public static final int MAX_LOSSES = 5;

  /** Longest rest, before jitter. */
  public static final Duration CAP = Duration.ofSeconds(300);

  private static final Backoff LATER = new Backoff.Exponential(Duration.ofSeconds(5), 3.0, CAP);

  private LossBudget() {}

  /**
   * The rest after the n-th loss in a row: none, then about 5, 15, 45 seconds; empty: the budget is spent.
   *
   * @param losses from 1
   * @param seed see {@link Backoff#delay}
   */
  public static Optional<Duration> delay(int losses, String seed) {
    if (losses >= MAX_LOSSES) return Optional.empty();
    return Optional.of(losses <= 1 ? Duration.ZERO : LATER.delay(losses - 1, seed));
  }
}
