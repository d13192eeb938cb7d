package dev.pawl.core.schedule;

import dev.pawl.core.schedule.Schedule.SkipReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Gives a schedule other terms. What was due under the old ones is decided by them first; what waits in line stays.
 * Another number of runs counts from now on; the same number goes on counting.
 *
 * @param note null: it stays
 * @param expectedVersion of the schedule from which the terms were made; null: whatever it is now
 */
public record UpdateSchedule(String id, ScheduleTerms terms, @Nullable String note, @Nullable Long expectedVersion)
    implements ExistingSchedule<Schedule> {

  @Override
  public ScheduleDecision<Schedule> on(Schedule there, Instant now) {
    ScheduleFlaw flaw = ScheduleRequest.flaw(note);
    if (flaw != null) return new ScheduleDecision.Refused<>(flaw);
    if (expectedVersion != null && expectedVersion != there.version()) {
      return ScheduleDecision.refused(ScheduleCode.SCHEDULE_CHANGED, "version",
          "expected version %d of schedule '%s', found %d".formatted(expectedVersion, id, there.version()));
    }
    if (terms.spec().next(now, id) == null) {
      return ScheduleDecision.refused(ScheduleCode.NEVER_FIRES, "spec", "expected a spec that fires after " + now);
    }
    ScheduleDraft draft = new ScheduleDraft(there, there, now);
    draft.pass(true);
    draft.skipRest(there.paused() ? SkipReason.PAUSED : SkipReason.UPDATED);
    draft.terms(terms, note);
    draft.note(new ScheduleEvent.Updated());
    draft.startPending();
    return draft.change();
  }
}
