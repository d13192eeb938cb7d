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
 */
public record ActivityOptions(
    String queue,
    @Nullable Duration scheduleToStart,
    @Nullable Duration startToClose,
    @Nullable Duration scheduleToClose,
    @Nullable Duration heartbeat,
    RetryPolicy retry,
    int priority) {}
