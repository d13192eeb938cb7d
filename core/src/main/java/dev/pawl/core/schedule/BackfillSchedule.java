package dev.pawl.core.schedule;

import dev.pawl.core.schedule.Schedule.Cause;
import dev.pawl.core.schedule.Schedule.PendingFire;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fires for every nominal time of a past range, one after another, even if it fired then.
 *
 * @param start inclusive
 * @param end exclusive, after {@code start}; what lies ahead of now is left out, it fires by itself
 * @param overlap null: the schedule's own
 */
public record BackfillSchedule(String id, Instant start, Instant end, @Nullable OverlapPolicy overlap)
    implements ExistingSchedule<List<Fired>> {
  /** So many fires at most in one range. */
  public static final int MOST_FIRES = 1_000;

  @Override
  public ScheduleDecision<List<Fired>> on(Schedule there, Instant now) {
    ScheduleFlaw flaw = ScheduleTerms.flaw(there.terms().action(), overlap);
    if (flaw != null) return new ScheduleDecision.Refused<>(flaw);
    if (!start.isBefore(end)) {
      return ScheduleDecision.refused(ScheduleCode.INVALID_TIME_RANGE, "end_time",
          "expected an instant after %s, found %s".formatted(start, end));
    }
    List<Instant> nominal = there.terms().spec().preview(start.minusNanos(1), MOST_FIRES + 1, id).stream()
        .map(Fire::nominal).filter(time -> time.isBefore(end) && time.isBefore(now)).toList();
    if (nominal.size() > MOST_FIRES) {
      return ScheduleDecision.refused(ScheduleCode.TOO_MANY_FIRES, "end_time",
          "expected at most %d fires in one backfill; split it before %s".formatted(MOST_FIRES, nominal.getLast()));
    }
    if (nominal.isEmpty()) return new ScheduleDecision.Unchanged<>(List.of());
    OverlapPolicy policy = overlap == null ? there.terms().overlap() : overlap;
    ScheduleDraft draft = new ScheduleDraft(there, there, now);
    List<Fired> fired = nominal.stream().map(time -> draft.fire(new PendingFire(time, Cause.BACKFILL, policy))).toList();
    return draft.change(fired);
  }
}
