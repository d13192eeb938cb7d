package dev.pawl.examples.report;

import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.sdk.client.ScheduleHandle;
import dev.pawl.sdk.client.Schedules;
import dev.pawl.sdk.job.Jobs;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** How the schedule of the reports is made, and what an operator does with it. */
public final class ReportSchedules {
  private ReportSchedules() {}

  // tag::create[]
  static ScheduleHandle create(Schedules schedules) {
    return schedules.create("daily-report", when -> when
        .cron("30 7 * * MON-FRI").zone("Europe/Berlin")
        .except(Map.of("month", "12", "day_of_month", "25-26"))
        .starts("report", new Region("eu"), opts -> opts.runTimeout(Duration.ofHours(2)))
        .overlap(OverlapPolicy.BUFFER_ONE)
        .catchUp(Duration.ofHours(6)));
  }
  // end::create[]

  // tag::job[]
  static ScheduleHandle cleanUp(Schedules schedules) {
    return schedules.create("clean-up", when -> when
        .every(Duration.ofHours(6))
        .enqueues(Jobs.job("reports.clean-up", new Region("eu")).priority(8))
        .overlap(OverlapPolicy.SKIP));
  }
  // end::job[]

  // tag::steer[]
  static void holdBackWhileTheSourceMoves(Schedules schedules) {
    ScheduleHandle daily = schedules.handle("daily-report");
    daily.pause("the source is being moved");
    daily.update(when -> when.cron("0 9 * * MON-FRI").note("the new source is ready at nine"));
    daily.resume(null);
    daily.trigger();
  }

  static void makeUpFor(Schedules schedules, Instant from, Instant until) {
    schedules.handle("daily-report").backfill(from, until, OverlapPolicy.BUFFER_ALL);
  }
  // end::steer[]
}
