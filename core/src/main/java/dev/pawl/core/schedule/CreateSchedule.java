package dev.pawl.core.schedule;

import dev.pawl.core.schedule.Schedule.Counts;
import dev.pawl.core.schedule.Schedule.Latest;
import dev.pawl.core.schedule.Schedule.Standing;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a schedule. Its first fire is after {@code now}. The id of a deleted one may be used again.
 *
 * @param id 1 to {@link #LONGEST_ID} characters
 */
public record CreateSchedule(String id, ScheduleTerms terms, boolean paused, @Nullable String note)
    implements ScheduleRequest<Schedule> {
  public static final int LONGEST_ID = 128;

  @Override
  public ScheduleDecision<Schedule> decide(@Nullable Schedule there, Instant now) {
    if (id.isBlank() || id.length() > LONGEST_ID) {
      return ScheduleDecision.refused(ScheduleCode.INVALID_SCHEDULE_ID, "schedule_id",
          "expected 1 to %d characters, found %d".formatted(LONGEST_ID, id.strip().length()));
    }
    ScheduleFlaw flaw = ScheduleRequest.flaw(note);
    if (flaw != null) return new ScheduleDecision.Refused<>(flaw);
    if (there != null && !there.deleted()) {
      return ScheduleDecision.refused(ScheduleCode.SCHEDULE_ALREADY_EXISTS, "schedule_id",
          "there is a schedule '%s' already".formatted(id));
    }
    if (terms.spec().next(now, id) == null) {
      return ScheduleDecision.refused(ScheduleCode.NEVER_FIRES, "spec", "expected a spec that fires after " + now);
    }
    Schedule fresh = new Schedule(id, terms, new Standing(paused ? now : null, note, null),
        new Counts(0, 0, 0, terms.maxRuns()), new Latest(null, null, null, null), now, List.of(), List.of(), now, now,
        there == null ? 0 : there.events(), there == null ? 0 : there.version());
    ScheduleDraft draft = new ScheduleDraft(there, fresh, now);
    draft.note(new ScheduleEvent.Created());
    return draft.change();
  }
}
