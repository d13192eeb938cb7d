package dev.pawl.core.schedule;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a user says about a schedule.
 *
 * @param catchUp how late a fire may be and still count, after the schedule could not be looked at: 10 s to 366 days
 * @param maxRuns so many workflows are started, however each came about; null: without end
 */
public record ScheduleTerms(ScheduleSpec spec, ScheduleAction action, OverlapPolicy overlap, Duration catchUp,
    @Nullable Integer maxRuns) {
  private static final Duration SHORTEST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofDays(366);

  public ScheduleTerms {
    if (catchUp.compareTo(SHORTEST) < 0 || catchUp.compareTo(LONGEST) > 0) {
      throw new ScheduleRefusedException(ScheduleCode.INVALID_CATCHUP_WINDOW, "catchup_window",
          "expected %s to %s, found %s".formatted(SHORTEST, LONGEST, catchUp));
    }
    ScheduleFlaw flaw = flaw(action, overlap);
    if (flaw != null) throw new ScheduleRefusedException(flaw);
    if (maxRuns != null && maxRuns < 1) {
      throw new ScheduleRefusedException(ScheduleCode.INVALID_MAX_RUNS, "max_runs", "expected 1 or more, found " + maxRuns);
    }
  }

  /** What is wrong with a policy for an action; null: nothing. */
  static @Nullable ScheduleFlaw flaw(ScheduleAction action, @Nullable OverlapPolicy overlap) {
    return overlap == OverlapPolicy.TERMINATE_OTHER && action instanceof ScheduleAction.EnqueueJob
        ? new ScheduleFlaw(ScheduleCode.INVALID_ACTION, "overlap_policy",
            "expected another policy for jobs: nobody can end a job from outside, it can only be asked to stop")
        : null;
  }
}
