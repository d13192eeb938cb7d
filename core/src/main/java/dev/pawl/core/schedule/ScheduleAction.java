package dev.pawl.core.schedule;

import dev.pawl.core.value.Payload;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The workflow that a schedule starts.
 *
 * @param taskQueue null: the one of its namespace
 * @param input the arguments; null: none
 * @param executionTimeout of the whole chain; null: none
 * @param runTimeout of one run; null: none
 */
public record ScheduleAction(String workflowType, @Nullable String taskQueue, @Nullable Payload input,
    @Nullable Duration executionTimeout, @Nullable Duration runTimeout) {}
