package dev.pawl.core.schedule;

import dev.pawl.core.schedule.Schedule.Cause;
import java.time.Instant;

/** The workflow that a fire was to start could not be started. The fire is not repeated; the next one tries again. */
public record StartRefused(String id, String workflowId, Instant nominal, Cause cause)
    implements ExistingSchedule<Schedule> {

  @Override
  public ScheduleDecision<Schedule> on(Schedule there, Instant now) {
    ScheduleDraft draft = new ScheduleDraft(there, there, now);
    if (!draft.ended(workflowId)) return new ScheduleDecision.Unchanged<>(there);
    draft.refused(nominal, cause);
    draft.startPending();
    return draft.change();
  }
}
