package dev.pawl.core.schedule;

import java.time.Instant;

/** The workflow that a fire was to start could not be started. The fire is not repeated; the next one tries again. */
public record StartRefused(String id, String workflowId, String why)
    implements ExistingSchedule<Schedule> {

  @Override
  public ScheduleDecision<Schedule> on(Schedule there, Instant now) {
    for (Schedule.OpenRun run : there.open()) {
      if (!run.workflowId().equals(workflowId)) continue;
      ScheduleDraft draft = new ScheduleDraft(there, there, now);
      draft.refused(run, why);
      draft.startPending();
      return draft.change();
    }
    return new ScheduleDecision.Unchanged<>(there);
  }
}
