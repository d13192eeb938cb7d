package dev.pawl.core.schedule;

import dev.pawl.core.schedule.Schedule.OpenRun;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What must be done together with a change of a schedule, in this order. */
public sealed interface ScheduleEffect {

  /**
   * Starts what the action says; its end is told by {@link RunEnded}, or its refusal by {@link StartRefused}.
   *
   * @param sequence of the entry of the history that says so
   */
  record Start(String workflowId, Instant nominal, long sequence, ScheduleAction action)
      implements ScheduleEffect {}

  /** Asks what is open to stop. */
  record Cancel(OpenRun run) implements ScheduleEffect {}

  /** Ends what is open at once; a job is only asked. */
  record Terminate(OpenRun run) implements ScheduleEffect {}

  /** When {@link PassFires} has something to do next, instead of what was said before; null: never. */
  record WakeAt(@Nullable Instant at) implements ScheduleEffect {}
}
