package dev.pawl.core.schedule;

import java.time.Instant;

/** A workflow that the schedule started has ended, however it did. If something waits in line, it starts. */
public record RunEnded(String id, String workflowId) implements ExistingSchedule<Schedule> {

  @Override
  public ScheduleDecision<Schedule> on(Schedule there, Instant now) {
    ScheduleDraft draft = new ScheduleDraft(there, there, now);
    if (!draft.ended(workflowId)) return new ScheduleDecision.Unchanged<>(there);
    draft.startPending();
    return draft.change();
  }
}
