package dev.pawl.core.schedule;

import dev.pawl.core.schedule.Schedule.Cause;
import dev.pawl.core.schedule.Schedule.PendingFire;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Fires now, even if the schedule is paused.
 *
 * @param overlap null: the schedule's own
 */
public record TriggerSchedule(String id, @Nullable OverlapPolicy overlap) implements ExistingSchedule<Fired> {

  @Override
  public ScheduleDecision<Fired> on(Schedule there, Instant now) {
    ScheduleFlaw flaw = ScheduleTerms.flaw(there.terms().action(), overlap);
    if (flaw != null) return new ScheduleDecision.Refused<>(flaw);
    ScheduleDraft draft = new ScheduleDraft(there, there, now);
    Fired fired = draft.fire(new PendingFire(now, Cause.TRIGGER, overlap == null ? there.terms().overlap() : overlap));
    return draft.change(fired);
  }
}
