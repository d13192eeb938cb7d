package dev.pawl.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.schedule.ScheduleSpec.Sources;
import dev.pawl.core.schedule.ScheduleSpec.Window;
import dev.pawl.core.value.Payload;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** A schedule under a clock that the test owns. What happens is written down in short words, as a transcript. */
final class ScheduleStory {
  static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  static final String ID = "nightly";

  final List<ScheduleEvent> events = new ArrayList<>();
  final List<String> starts = new ArrayList<>();
  Schedule schedule;
  Instant now = NOON;
  Instant wakeAt;
  private final StringBuilder said = new StringBuilder();

  static ScheduleTerms terms(OverlapPolicy overlap, Duration catchUp, Integer maxRuns, Duration jitter, String cron) {
    var sources = new Sources(List.of(CronExpression.parse(cron, "cron")), List.of(), List.of(), List.of());
    return new ScheduleTerms(new ScheduleSpec(sources, ZoneId.of("UTC"), ClockChange.ONCE, Window.ALWAYS, jitter),
        new ScheduleAction.StartWorkflow("Report", "reports", null, StartOptions.PLAIN, false), overlap, catchUp, maxRuns);
  }

  static ScheduleTerms hourlyJob(OverlapPolicy overlap) {
    ScheduleTerms workflow = hourly(overlap);
    return new ScheduleTerms(workflow.spec(), new ScheduleAction.EnqueueJob("sync", Payload.json("1"), "sha-256:00", 5,
        LeaseTerms.STANDARD, RetryTerms.STANDARD, CheckTerms.STANDARD), overlap, workflow.catchUp(), null);
  }

  static ScheduleTerms hourly(OverlapPolicy overlap) {
    return terms(overlap, Duration.ofDays(1), null, Duration.ZERO, "@hourly");
  }

  static ScheduleStory of(ScheduleTerms terms) {
    ScheduleStory story = new ScheduleStory();
    story.ask(new CreateSchedule(ID, terms, false, null));
    story.said.setLength(0);
    return story;
  }

  ScheduleStory at(String time) {
    now = Instant.parse("2026-01-01T" + time + ":00Z");
    return this;
  }

  ScheduleStory pass() {
    ask(new PassFires(ID));
    return this;
  }

  ScheduleStory when(ScheduleRequest<?> request) {
    ask(request);
    return this;
  }

  /** The n-th workflow that was started, from 1, ends. */
  ScheduleStory ends(int n) {
    return when(new RunEnded(ID, starts.get(n - 1)));
  }

  /** What was said since the beginning, or since this was called last. */
  ScheduleStory then(String transcript) {
    assertThat(said.toString().strip()).isEqualTo(transcript.strip());
    said.setLength(0);
    return this;
  }

  <A> ScheduleDecision<A> ask(ScheduleRequest<A> request) {
    ScheduleDecision<A> decision = request.decide(schedule, now);
    assertThat(request.decide(schedule, now)).as("decided twice").isEqualTo(decision);
    switch (decision) {
      case ScheduleDecision.Change<A> change -> {
        for (ScheduleEvent event : change.events()) say(words(event.fact()));
        for (ScheduleEffect effect : change.effects()) apply(effect);
        events.addAll(change.events());
        schedule = change.after();
      }
      case ScheduleDecision.Unchanged<A> same -> say("same");
      case ScheduleDecision.Refused<A> no -> say("no: %s at %s".formatted(no.flaw().code().wire(), no.flaw().field()));
    }
    return decision;
  }

  private void apply(ScheduleEffect effect) {
    switch (effect) {
      case ScheduleEffect.Start start -> starts.add(start.workflowId());
      case ScheduleEffect.Cancel cancel -> say("cancel #" + (starts.indexOf(cancel.run().workflowId()) + 1));
      case ScheduleEffect.Terminate end -> say("terminate #" + (starts.indexOf(end.run().workflowId()) + 1));
      case ScheduleEffect.WakeAt wake -> wakeAt = wake.at();
    }
  }

  private static String words(ScheduleEvent.Fact fact) {
    return switch (fact) {
      case ScheduleEvent.Triggered fire -> "%s starts %s".formatted(fire.cause(), clock(fire.nominal()));
      case ScheduleEvent.TriggerSkipped skip -> "%s skips %s%s: %s%s".formatted(skip.cause(), clock(skip.nominal()),
          skip.last().equals(skip.nominal()) ? "" : " to " + clock(skip.last()), skip.reason().wire(),
          skip.why() == null ? "" : " (%s)".formatted(skip.why()));
      case ScheduleEvent.Paused paused -> "paused: " + paused.note();
      case ScheduleEvent.Resumed resumed -> "resumed: " + resumed.note();
      default -> fact.type();
    };
  }

  private static String clock(Instant instant) {
    return instant.toString().substring(11, 16);
  }

  private void say(String line) {
    said.append(line).append('\n');
  }
}
