package dev.pawl.engine;

import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.schedule.ClockChange;
import dev.pawl.core.schedule.CreateSchedule;
import dev.pawl.core.schedule.Interval;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.ScheduleSpec;
import dev.pawl.core.schedule.ScheduleTerms;
import dev.pawl.core.value.Payload;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** An engine with schedules of one second, in a process that halts at a failpoint. */
final class DoomedSchedules {
  static final String RUNS = "runs";
  static final String JOBS = "jobs";

  private DoomedSchedules() {}

  /** @param args the database's address */
  public static void main(String[] args) {
    PawlEngine pawl = PawlEngine.open(args[0], DoomedProcess::settings);
    create(pawl, RUNS, new ScheduleAction.StartWorkflow("Order", "q", null, StartOptions.PLAIN, false));
    create(pawl, JOBS, new ScheduleAction.EnqueueJob("test.job", Payload.json("1"), JobHand.digest("x"), 5,
        LeaseTerms.STANDARD, RetryTerms.STANDARD, CheckTerms.STANDARD));
    while (true) LockSupport.park();
  }

  private static void create(PawlEngine pawl, String id, ScheduleAction action) {
    var sources = new ScheduleSpec.Sources(
        List.of(), List.of(new Interval(Duration.ofSeconds(1), Duration.ZERO)), List.of(), List.of());
    var spec = new ScheduleSpec(sources, ZoneId.of("UTC"), ClockChange.ONCE, ScheduleSpec.Window.ALWAYS, Duration.ZERO);
    pawl.schedules().create("default", new CreateSchedule(
        id, new ScheduleTerms(spec, action, OverlapPolicy.ALLOW_ALL, Duration.ofDays(1), null), false, null));
  }
}
