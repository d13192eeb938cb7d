package dev.pawl.core.schedule;

import java.time.Instant;

/** Ends a schedule. Its history stays, the workflows that it started go on, and what waits in line is dropped. */
public record DeleteSchedule(String id) implements ExistingSchedule<Schedule> {

  @Override
  public ScheduleDecision<Schedule> on(Schedule there, Instant now) {
    ScheduleDraft draft = new ScheduleDraft(there, there, now);
    draft.delete();
    draft.note(new ScheduleEvent.Deleted());
    return draft.change();
  }
}
