package dev.pawl.core.schedule;

import java.time.Instant;
import java.util.List;

/** What the schedule started has ended, however it did. If something waits in line, it starts. */
public record RunEnded(String id, List<String> workflowIds) implements ExistingSchedule<Schedule> {
  public RunEnded {
    workflowIds = List.copyOf(workflowIds);
  }

  public RunEnded(String id, String workflowId) {
    this(id, List.of(workflowId));
  }

  @Override
  public ScheduleDecision<Schedule> on(Schedule there, Instant now) {
    ScheduleDraft draft = new ScheduleDraft(there, there, now);
    boolean any = false;
    for (String workflowId : workflowIds) any |= draft.ended(workflowId);
    if (!any) return new ScheduleDecision.Unchanged<>(there);
    draft.startPending();
    return draft.change();
  }
}
