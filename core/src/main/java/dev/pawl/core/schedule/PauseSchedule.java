package dev.pawl.core.schedule;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Holds a schedule back. Its spec starts nothing until it is resumed; triggers and backfills do. */
public record PauseSchedule(String id, @Nullable String note) implements ExistingSchedule<Schedule> {

  @Override
  public ScheduleDecision<Schedule> on(Schedule there, Instant now) {
    ScheduleFlaw flaw = ScheduleRequest.flaw(note);
    if (flaw != null) return new ScheduleDecision.Refused<>(flaw);
    if (there.paused() && (note == null || Objects.equals(note, there.standing().note()))) {
      return new ScheduleDecision.Unchanged<>(there);
    }
    ScheduleDraft draft = new ScheduleDraft(there, there, now);
    // What was due before is not part of the pause.
    draft.pass(false);
    draft.pause(note);
    draft.note(new ScheduleEvent.Paused(note));
    return draft.change();
  }
}
