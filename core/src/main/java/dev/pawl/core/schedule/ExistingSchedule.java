package dev.pawl.core.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A request to a schedule that has to be there. */
public sealed interface ExistingSchedule<A> extends ScheduleRequest<A>
    permits UpdateSchedule, DeleteSchedule, PauseSchedule, ResumeSchedule, TriggerSchedule, BackfillSchedule, PassFires,
        RunEnded, StartRefused {

  @Override
  default ScheduleDecision<A> decide(@Nullable Schedule there, Instant now) {
    return there == null || there.deleted()
        ? ScheduleDecision.refused(ScheduleCode.SCHEDULE_NOT_FOUND, "schedule_id", "there is no schedule '%s'".formatted(id()))
        : on(there, now);
  }

  /** The decision on a schedule that is there. */
  ScheduleDecision<A> on(Schedule there, Instant now);
}
