package dev.pawl.core.schedule;

import static dev.pawl.core.schedule.ScheduleStory.ID;
import static dev.pawl.core.schedule.ScheduleStory.NOON;
import static dev.pawl.core.schedule.ScheduleStory.hourly;
import static dev.pawl.core.schedule.ScheduleStory.terms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pawl.core.schedule.Schedule.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  @Test
  void firesWhenItIsTimeAndSaysWhenToLookAgain() {
    ScheduleStory story = ScheduleStory.of(hourly(OverlapPolicy.SKIP));
    assertThat(story.wakeAt).isEqualTo("2026-01-01T13:00:00Z");
    story.at("12:59").pass().then("same").at("13:00").pass().then("SPEC starts 13:00").pass().then("same");
    assertThat(story.wakeAt).isEqualTo("2026-01-01T14:00:00Z");
    assertThat(story.starts).containsExactly("nightly-2026-01-01T13:00:00Z");
  }

  @Test
  void skipLeavesOutWhatOverlaps() {
    ScheduleStory.of(hourly(OverlapPolicy.SKIP)).at("13:00").pass().at("14:00").pass().ends(1).at("15:00").pass().then("""
        SPEC starts 13:00
        SPEC skips 14:00: run_open
        SPEC starts 15:00""");
  }

  @Test
  void bufferOneKeepsOne() {
    ScheduleStory.of(hourly(OverlapPolicy.BUFFER_ONE)).at("15:00").pass().ends(1).then("""
        SPEC starts 13:00
        SPEC skips 15:00: buffer_full
        SPEC starts 14:00""").ends(2).then("");
  }

  @Test
  void bufferAllKeepsTheOrder() {
    ScheduleStory.of(hourly(OverlapPolicy.BUFFER_ALL)).at("15:00").pass().ends(1).ends(2).ends(3).then("""
        SPEC starts 13:00
        SPEC starts 14:00
        SPEC starts 15:00""");
  }

  @Test
  void cancelOtherAsksOnceAndStartsTheNewestWhenItIsOver() {
    ScheduleStory.of(hourly(OverlapPolicy.CANCEL_OTHER)).at("13:00").pass().at("14:00").pass().at("15:00").pass().then("""
        SPEC starts 13:00
        cancel #1
        SPEC skips 14:00: superseded""").ends(1).then("SPEC starts 15:00");
  }

  @Test
  void terminateOtherStartsAtOnce() {
    ScheduleStory.of(hourly(OverlapPolicy.TERMINATE_OTHER)).at("13:00").pass().at("14:00").pass().then("""
        SPEC starts 13:00
        SPEC starts 14:00
        terminate #1""").ends(1).then("same").ends(2).then("");
  }

  @Test
  void allowAllStartsBeside() {
    ScheduleStory story = ScheduleStory.of(hourly(OverlapPolicy.ALLOW_ALL)).at("14:00").pass().then("""
        SPEC starts 13:00
        SPEC starts 14:00""");
    assertThat(story.schedule.open()).hasSize(2);
  }

  @Test
  void aPauseIsNotMadeUpForAndIsNotSilent() {
    ScheduleStory.of(hourly(OverlapPolicy.ALLOW_ALL)).at("13:30").when(new PauseSchedule(ID, "holiday")).at("16:30").pass()
        .when(new PauseSchedule(ID, null)).when(new ResumeSchedule(ID, "back")).when(new ResumeSchedule(ID, null))
        .at("17:00").pass().then("""
            SPEC starts 13:00
            paused: holiday
            same
            same
            SPEC skips 14:00 to 16:30: paused
            resumed: back
            same
            SPEC starts 17:00""");
  }

  @Test
  void whatWaitsWaitsForTheEndOfAPauseUnlessItIsByHand() {
    ScheduleStory.of(hourly(OverlapPolicy.BUFFER_ALL)).at("14:10").pass().when(new PauseSchedule(ID, null))
        .when(new TriggerSchedule(ID, null)).ends(1).ends(2).then("""
            SPEC starts 13:00
            paused: null
            TRIGGER starts 14:10""").when(new ResumeSchedule(ID, null)).then("""
            resumed: null
            SPEC starts 14:00""");
  }

  @Test
  void aTriggerHasItsOwnPolicy() {
    ScheduleStory story = ScheduleStory.of(hourly(OverlapPolicy.SKIP)).at("13:00").pass();
    assertThat(answer(story.ask(new TriggerSchedule(ID, null))))
        .isEqualTo(new Fired.Skipped(story.now, Schedule.SkipReason.RUN_OPEN));
    assertThat(answer(story.ask(new TriggerSchedule(ID, OverlapPolicy.BUFFER_ONE)))).isEqualTo(new Fired.Buffered(story.now, 1));
    assertThat(answer(story.ask(new TriggerSchedule(ID, OverlapPolicy.ALLOW_ALL))))
        .isEqualTo(new Fired.Started(story.now, "nightly-2026-01-01T13:00:00Z-4", 4, story.now));
  }

  @Test
  void aBackfillFiresForEachTimeOfTheRange() {
    ScheduleStory.of(hourly(OverlapPolicy.SKIP)).at("12:30")
        .when(new BackfillSchedule(ID, NOON.minusSeconds(7_200), NOON.plusSeconds(1), OverlapPolicy.BUFFER_ALL)).ends(1).ends(2).then("""
            BACKFILL starts 10:00
            BACKFILL starts 11:00
            BACKFILL starts 12:00""")
        .when(new BackfillSchedule(ID, NOON, NOON, null)).then("no: invalid_time_range at end_time")
        .when(new BackfillSchedule(ID, NOON.plusSeconds(1), NOON.plusSeconds(7_200), null)).then("same")
        .when(new BackfillSchedule(ID, NOON.minus(Duration.ofDays(60)), NOON, null)).then("no: too_many_fires at end_time")
        .when(new BackfillSchedule(ID, NOON.plusSeconds(60), NOON.plusSeconds(90), null)).then("same");
  }

  @Test
  void maxRunsCountsEveryStart() {
    ScheduleStory story = ScheduleStory.of(terms(OverlapPolicy.ALLOW_ALL, Duration.ofDays(1), 2, Duration.ZERO, "@hourly"))
        .when(new TriggerSchedule(ID, null)).at("15:00").pass().when(new TriggerSchedule(ID, null)).then("""
            TRIGGER starts 12:00
            SPEC starts 13:00
            TRIGGER skips 15:00: max_runs_reached""");
    assertThat(story.wakeAt).isNull();
    story.at("15:30").when(new UpdateSchedule(ID, terms(OverlapPolicy.SKIP, Duration.ofDays(1), 3, Duration.ZERO, "@hourly"), null, null));
    assertThat(story.schedule.counts().remaining()).isEqualTo(3);
    assertThat(story.wakeAt).isEqualTo("2026-01-01T16:00:00Z");
  }

  @Test
  void whatIsTooLateIsOneEntry() {
    ScheduleStory story =
        ScheduleStory.of(terms(OverlapPolicy.ALLOW_ALL, Duration.ofMinutes(2), null, Duration.ZERO, "* * * * * *"));
    story.now = NOON.plus(Duration.ofDays(3_000));
    story.pass();
    assertThat(story.events.get(1).fact()).isEqualTo(new ScheduleEvent.TriggerSkipped(NOON.plusSeconds(1),
        story.now.minusSeconds(120).minusNanos(1), Cause.SPEC, Schedule.SkipReason.MISSED, null));
    // The rest is more than is decided at once: it asks to be woken at a time that has passed.
    assertThat(story.starts).hasSize(PassFires.MOST_FIRES);
    assertThat(story.wakeAt).isBefore(story.now);
    story.pass();
    assertThat(story.starts).hasSize(121);
    assertThat(story.wakeAt).isEqualTo(story.now.plusSeconds(1));
  }

  @Test
  void aRefusedStartLetsTheNextOneIn() {
    ScheduleStory story = ScheduleStory.of(hourly(OverlapPolicy.BUFFER_ALL)).at("14:00").pass();
    story.when(new StartRefused(ID, story.starts.getFirst(), "no room")).then("""
        SPEC starts 13:00
        SPEC skips 13:00: start_refused (no room)
        SPEC starts 14:00""");
    assertThat(story.schedule.counts()).isEqualTo(new Schedule.Counts(2, 1, 1, null));
  }

  @Test
  void whatPilesUpIsRememberedUpToALimit() {
    ScheduleStory story =
        ScheduleStory.of(terms(OverlapPolicy.ALLOW_ALL, Duration.ofDays(1), null, Duration.ZERO, "* * * * * *"));
    story.now = NOON.plusSeconds(250);
    for (int i = 0; i < 3; i++) story.pass();
    assertThat(story.schedule.counts().started()).isEqualTo(250);
    assertThat(story.schedule.open()).hasSize(Schedule.MOST_OPEN);
    assertThat(story.schedule.open().getLast().workflowId()).isEqualTo(story.starts.getLast());
  }

  @Test
  void whileAFireWaitsForAJobItIsLookedAtOften() {
    ScheduleStory story = ScheduleStory.of(ScheduleStory.hourlyJob(OverlapPolicy.BUFFER_ONE)).at("13:00").pass();
    assertThat(story.wakeAt).isEqualTo("2026-01-01T14:00:00Z");
    story.at("14:00").pass();
    assertThat(story.wakeAt).isEqualTo(story.now.plus(Schedule.LOOK_AGAIN));
    story.at("14:30").pass().then("SPEC starts 13:00\nsame").ends(1).then("SPEC starts 14:00");
    assertThat(story.wakeAt).isEqualTo("2026-01-01T15:00:00Z");
  }

  @Test
  void nobodyEndsAJobFromOutside() {
    assertThat(catchThrowableOfType(ScheduleRefusedException.class,
        () -> ScheduleStory.hourlyJob(OverlapPolicy.TERMINATE_OTHER)).code()).isEqualTo(ScheduleCode.INVALID_ACTION);
    ScheduleStory.of(ScheduleStory.hourlyJob(OverlapPolicy.SKIP))
        .when(new TriggerSchedule(ID, OverlapPolicy.TERMINATE_OTHER)).then("no: invalid_action at overlap_policy")
        .when(new BackfillSchedule(ID, NOON.minusSeconds(1), NOON, OverlapPolicy.TERMINATE_OTHER))
        .then("no: invalid_action at overlap_policy");
  }

  @Test
  void anIdLivesAgainAndItsHistoryGoesOn() {
    ScheduleStory story = ScheduleStory.of(hourly(OverlapPolicy.SKIP))
        .when(new CreateSchedule(ID, hourly(OverlapPolicy.SKIP), false, null)).then("no: schedule_already_exists at schedule_id")
        .when(new DeleteSchedule(ID)).when(new DeleteSchedule(ID)).then("""
            ScheduleDeleted
            no: schedule_not_found at schedule_id""");
    assertThat(story.wakeAt).isNull();
    story.when(new CreateSchedule(ID, hourly(OverlapPolicy.SKIP), true, "later")).then("ScheduleCreated");
    assertThat(story.events).extracting(ScheduleEvent::sequence).containsExactly(1L, 2L, 3L);
    assertThat(story.schedule.standing()).isEqualTo(new Schedule.Standing(NOON, "later", null));
    assertThat(story.wakeAt).isNull();
  }

  @Test
  void whatIsWrongIsNamed() {
    ScheduleTerms past = terms(OverlapPolicy.SKIP, Duration.ofDays(1), null, Duration.ZERO, "0 0 0 1 1 ? 2020");
    ScheduleStory.of(hourly(OverlapPolicy.SKIP)).when(new UpdateSchedule(ID, past, null, null)).then("no: never_fires at spec")
        .when(new PauseSchedule(ID, "x".repeat(1_001))).then("no: invalid_note at note");
    assertThat(refusal(new CreateSchedule("", past, false, null))).isEqualTo(ScheduleCode.INVALID_SCHEDULE_ID);
    assertThat(refusal(new CreateSchedule("x".repeat(129), past, false, null))).isEqualTo(ScheduleCode.INVALID_SCHEDULE_ID);
    assertThat(refusal(new CreateSchedule(ID, past, false, null))).isEqualTo(ScheduleCode.NEVER_FIRES);
    assertThat(refusal(new TriggerSchedule(ID, null))).isEqualTo(ScheduleCode.SCHEDULE_NOT_FOUND);
    assertThat(catchThrowableOfType(ScheduleRefusedException.class,
        () -> terms(OverlapPolicy.SKIP, Duration.ofDays(1), 0, Duration.ZERO, "@hourly")).flaw().field()).isEqualTo("max_runs");
    assertThat(catchThrowableOfType(ScheduleRefusedException.class,
        () -> terms(OverlapPolicy.SKIP, Duration.ofSeconds(9), 1, Duration.ZERO, "@hourly")).flaw().field()).isEqualTo("catchup_window");
  }

  @ParameterizedTest
  @EnumSource
  void aPolicyHasItsNameOnTheWire(OverlapPolicy policy) {
    assertThat(List.of("skip", "buffer_one", "buffer_all", "cancel_other", "terminate_other", "allow_all").get(policy.ordinal()))
        .isEqualTo(policy.wire());
  }

  /** Whatever happens, in whatever order: no fire of the spec is forgotten, none starts twice, nothing waits for nobody. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyStory(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 15; round++) {
      Duration jitter = random.nextBoolean() ? Duration.ZERO : Duration.ofMinutes(10);
      ScheduleStory story = ScheduleStory.of(any(random, jitter));
      for (int i = 0; i < 80; i++) {
        Schedule before = story.schedule;
        story.now = story.now.plusSeconds(random.nextInt(1_500));
        story.ask(request(random, story, jitter));
        Schedule after = story.schedule;
        if (after == before) continue;
        assertThat(after.version()).isEqualTo(before.version() + 1);
        assertThat(after.decidedUntil()).isAfterOrEqualTo(before.decidedUntil());
        assertThat(after.next() == null ? null : after.next().at()).isEqualTo(story.wakeAt);
        if (after.open().isEmpty()) {
          assertThat(after.pending()).allMatch(fire -> after.paused() && fire.cause() == Cause.SPEC);
        }
      }
      accounted(story);
    }
  }

  private static void accounted(ScheduleStory story) {
    assertThat(new HashSet<>(story.starts)).hasSameSizeAs(story.starts);
    List<Instant> started = new ArrayList<>();
    List<ScheduleEvent.TriggerSkipped> skipped = new ArrayList<>();
    long sequence = 0;
    for (ScheduleEvent event : story.events) {
      assertThat(event.sequence()).isEqualTo(++sequence);
      if (event.fact() instanceof ScheduleEvent.Triggered fire && fire.cause() == Cause.SPEC) started.add(fire.nominal());
      if (event.fact() instanceof ScheduleEvent.TriggerSkipped skip && skip.cause() == Cause.SPEC) skipped.add(skip);
    }
    assertThat(started).doesNotHaveDuplicates();
    Schedule schedule = story.schedule;
    for (Fire fire : schedule.terms().spec().preview(NOON, 300, ID)) {
      if (fire.nominal().isAfter(schedule.decidedUntil())) break;
      long answers = started.stream().filter(fire.nominal()::equals).count()
          + skipped.stream().filter(skip -> skip.reason() != Schedule.SkipReason.START_REFUSED
              && !fire.nominal().isBefore(skip.nominal()) && !fire.nominal().isAfter(skip.last())).count()
          + schedule.pending().stream().filter(wait -> wait.cause() == Cause.SPEC && wait.nominal().equals(fire.nominal())).count();
      assertThat(answers).as("answers to %s", fire).isEqualTo(1);
    }
    assertThat(schedule.counts().started()).isEqualTo(story.starts.size());
  }

  private static ScheduleTerms any(Random random, Duration jitter) {
    return terms(OverlapPolicy.values()[random.nextInt(6)], Duration.ofMinutes(1 + random.nextInt(60)), null, jitter, "*/7 * * * *");
  }

  private static ScheduleRequest<?> request(Random random, ScheduleStory story, Duration jitter) {
    OverlapPolicy policy = random.nextBoolean() ? null : OverlapPolicy.values()[random.nextInt(6)];
    List<Schedule.OpenRun> open = story.schedule.open();
    String run = open.isEmpty() ? "nobody" : open.get(random.nextInt(open.size())).workflowId();
    return switch (random.nextInt(12)) {
      case 0 -> new PauseSchedule(ID, "note " + random.nextInt(2));
      case 1, 2 -> new ResumeSchedule(ID, null);
      case 3 -> new TriggerSchedule(ID, policy);
      case 4 -> new BackfillSchedule(ID, story.now.minusSeconds(1 + random.nextInt(2_000)), story.now, policy);
      case 5 -> new UpdateSchedule(ID, any(random, jitter), null, null);
      case 6 -> new StartRefused(ID, run, "no room");
      case 7, 8 -> new RunEnded(ID, run);
      default -> new PassFires(ID);
    };
  }

  private static ScheduleCode refusal(ScheduleRequest<?> request) {
    return request.decide(null, NOON) instanceof ScheduleDecision.Refused<?> no ? no.flaw().code() : null;
  }

  private static <A> A answer(ScheduleDecision<A> decision) {
    return ((ScheduleDecision.Change<A>) decision).answer();
  }
}
