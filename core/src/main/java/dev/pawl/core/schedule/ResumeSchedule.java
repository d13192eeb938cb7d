package dev.pawl.core.schedule;

import dev.pawl.core.schedule.Schedule.SkipReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Lets a schedule fire again. What fell into the pause is not made up for; one entry of the history says so. */
public record ResumeSchedule(String id, @Nullable String note) implements ExistingSchedule<Schedule> {

  @Override
  public ScheduleDecision<Schedule> on(Schedule there, Instant now) {
    ScheduleFlaw flaw = ScheduleRequest.flaw(note);
    if (flaw != null) return new ScheduleDecision.Refused<>(flaw);
    if (!there.paused()) return new ScheduleDecision.Unchanged<>(there);
    ScheduleDraft draft = new ScheduleDraft(there, there, now);
    draft.skipRest(SkipReason.PAUSED);
    draft.resume(note);
    draft.note(new ScheduleEvent.Resumed(note));
    draft.startPending();
    return draft.change();
  }
}
