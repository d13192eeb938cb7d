package dev.pawl.core.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What must be done together with a change of a schedule, in this order. */
public sealed interface ScheduleEffect {

  /**
   * Starts what the action says; its end is told by {@link RunEnded}, or its refusal by {@link StartRefused}.
   *
   * @param sequence of the entry of the history that says so
   */
  record StartWorkflow(String workflowId, Instant nominal, long sequence, ScheduleAction action)
      implements ScheduleEffect {}

  /** Asks a workflow to stop. */
  record CancelWorkflow(String workflowId) implements ScheduleEffect {}

  /** Ends a workflow at once. */
  record TerminateWorkflow(String workflowId) implements ScheduleEffect {}

  /** When {@link PassFires} has something to do next, instead of what was said before; null: never. */
  record WakeAt(@Nullable Instant at) implements ScheduleEffect {}
}
