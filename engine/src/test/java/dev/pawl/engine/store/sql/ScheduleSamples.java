package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;

import dev.pawl.core.run.Mail;
import dev.pawl.core.run.ScheduleLink;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.schedule.ClockChange;
import dev.pawl.core.schedule.CreateSchedule;
import dev.pawl.core.schedule.CronExpression;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.PauseSchedule;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.ScheduleDecision;
import dev.pawl.core.schedule.ScheduleRequest;
import dev.pawl.core.schedule.ScheduleSpec;
import dev.pawl.core.schedule.ScheduleTerms;
import dev.pawl.core.schedule.TriggerSchedule;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.ScheduleStore;
import dev.pawl.engine.store.ScheduleStore.Key;
import dev.pawl.engine.store.ScheduleStore.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;

/** Changes of schedules as the rules decide them. */
final class ScheduleSamples {
  static final RunId OWNER = new RunId(new UUID(7, 7));

  private ScheduleSamples() {}

  static ScheduleTerms terms() {
    var sources = new ScheduleSpec.Sources(List.of(CronExpression.parse("@hourly", "c")), List.of(), List.of(), List.of());
    return new ScheduleTerms(
        new ScheduleSpec(sources, ZoneId.of("UTC"), ClockChange.ONCE, ScheduleSpec.Window.ALWAYS, Duration.ZERO),
        new ScheduleAction.StartWorkflow("Order", "main", null, StartOptions.PLAIN, false), OverlapPolicy.ALLOW_ALL,
        Duration.ofDays(1), null);
  }

  static Key key(String id) {
    return new Key("default", id);
  }

  static Write created(String id, Instant now) {
    return write(new CreateSchedule(id, terms(), false, null), null, now);
  }

  static Write triggered(Schedule there) {
    return write(new TriggerSchedule(there.id(), null), there, NOON);
  }

  static Write paused(Schedule there, String note) {
    return write(new PauseSchedule(there.id(), note), there, NOON);
  }

  /** With one mail, as the engine posts one: when the schedule is due. */
  static Write write(ScheduleRequest<?> request, Schedule there, Instant now) {
    if (!(request.decide(there, now) instanceof ScheduleDecision.Change<?> change)) throw new AssertionError("a change");
    Mail wake = new Mail(Mail.Key.wake(OWNER), now.plusSeconds(60),
        new Mail.ScheduleDue(new ScheduleLink("default", request.id())));
    return new Write(key(request.id()), there == null ? 0 : there.version(), change.after(), change.events(),
        List.of(wake), List.of());
  }

  static Schedule there(ScheduleStore store, String id) {
    return store.load(List.of(key(id))).schedules().get(key(id));
  }
}
