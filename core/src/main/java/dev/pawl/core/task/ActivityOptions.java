package dev.pawl.core.task;

import dev.pawl.core.value.RetryPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an activity is handed out and given up.
 *
 * @param queue where workers look for it
 * @param scheduleToStart longest wait in the queue, per attempt
 * @param startToClose longest run of one attempt
 * @param scheduleToClose longest time for all attempts together
 * @param heartbeat longest silence of one attempt
 * @param priority 0 first, 5 by default, 9 last
 * @param fairness whose share of the queue it takes; null: nobody's in particular
 */
public record ActivityOptions(
    String queue,
    @Nullable Duration scheduleToStart,
    @Nullable Duration startToClose,
    @Nullable Duration scheduleToClose,
    @Nullable Duration heartbeat,
    RetryPolicy retry,
    int priority,
    @Nullable Fairness fairness) {

  /** Of nobody's share in particular. */
  public ActivityOptions(String queue, @Nullable Duration scheduleToStart, @Nullable Duration startToClose,
      @Nullable Duration scheduleToClose, @Nullable Duration heartbeat, RetryPolicy retry, int priority) {
    this(queue, scheduleToStart, startToClose, scheduleToClose, heartbeat, retry, priority, null);
  }

  /** These, with {@code share} where they say none. */
  public ActivityOptions orShareOf(@Nullable Fairness share) {
    return fairness != null || share == null ? this : with(share);
  }

  public ActivityOptions with(@Nullable Fairness share) {
    return new ActivityOptions(
        queue, scheduleToStart, startToClose, scheduleToClose, heartbeat, retry, priority, share);
  }
}
