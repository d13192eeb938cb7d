package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.RunStatus;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.schedule.BackfillSchedule;
import dev.pawl.core.schedule.CreateSchedule;
import dev.pawl.core.schedule.Fired;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.ScheduleCode;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.core.schedule.UpdateSchedule;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.schedule.ScheduleApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Schedules, from the row to the run and back. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class SchedulesTest extends ScheduleFixture {
  private static final String FIRST = "s-2027-01-01T01:00:00Z";
  private static final Duration HOUR = Duration.ofHours(1);
  private ScheduleApi schedules;

  SchedulesTest(DatabaseServer server) {
    super(server);
  }

  @BeforeEach
  void schedules() {
    schedules = pawl.schedules();
  }

  private static ScheduleAction order(boolean cancelAtOnce) {
    return new ScheduleAction.StartWorkflow("Order", "q", Payload.json("{\"id\":1}"), StartOptions.PLAIN, cancelAtOnce);
  }

  private Schedule hourly(String id, OverlapPolicy overlap) {
    return schedules.create("default", new CreateSchedule(id, terms(overlap, "@hourly", order(true)), false, null));
  }

  private List<String> started() {
    return control.list("default", "", 1_000, null).runs().stream().map(ControlApi.RunView::workflowId).sorted().toList();
  }

  private List<String> said(String id) {
    return schedules.history("default", id, 0, 1_000).stream().map(entry -> switch (entry.event().fact()) {
      case ScheduleEvent.Triggered fire -> "starts " + fire.workflowId();
      case ScheduleEvent.TriggerSkipped skip -> "skips: " + skip.reason().wire();
      default -> entry.event().fact().type();
    }).toList();
  }

  private static void assertRefused(ScheduleCode code, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOfSatisfying(ScheduleRefusedException.class,
        e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void aFireStartsItsWorkflowWhenItIsDueAndNotBefore() {
    hourly("s", OverlapPolicy.SKIP);
    tickUntilQuiet();
    assertThat(pawl.store().nextDue()).contains(clock.instant().plus(HOUR));
    pass(HOUR.minusSeconds(1));
    assertThat(started()).isEmpty();
    pass(Duration.ofSeconds(1));
    assertThat(started()).containsExactly(FIRST);
    WorkerApi.WorkflowTaskGrant grant = new Hand(pawl).run();
    assertThat(grant.workflowId()).isEqualTo(FIRST);
    ScheduleApi.Entry entry = schedules.history("default", "s", 1, 10).getFirst();
    assertThat(entry.run()).isEqualTo(control.describe(ref(FIRST)).run());
    Schedule now = schedules.describe("default", "s");
    assertThat(now.counts().started()).isEqualTo(1);
    assertThat(now.latest().workflowId()).isEqualTo(FIRST);
    assertThat(now.open()).extracting(Schedule.OpenRun::workflowId).containsExactly(FIRST);
  }

  @Test
  void whatOverlapsIsLeftOutUntilTheRunHasEnded() {
    hourly("s", OverlapPolicy.SKIP);
    pass(HOUR);
    pass(HOUR);
    assertThat(said("s")).containsExactly("ScheduleCreated", "starts " + FIRST, "skips: run_open");
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, done("1"));
    tickUntilQuiet();
    assertThat(schedules.describe("default", "s").open()).isEmpty();
    pass(HOUR);
    assertThat(started()).containsExactly(FIRST, "s-2027-01-01T03:00:00Z");
    assertThat(pawl.metrics().scheduleStarts()).isEqualTo(2);
    assertThat(pawl.metrics().scheduleSkips()).isEqualTo(Map.of("run_open", 1L));
  }

  @Test
  void aChainCountsAsOpenUntilItsLastRunEnds() {
    hourly("s", OverlapPolicy.BUFFER_ALL);
    pass(HOUR);
    pass(HOUR);
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, new dev.pawl.core.run.Command.ContinueAsNew(
        null, null, Payload.json("2"), Map.of(), Map.of(), List.of()));
    tickUntilQuiet();
    assertThat(schedules.describe("default", "s").open()).hasSize(1);
    assertThat(schedules.describe("default", "s").pending()).hasSize(1);
    hand.report(hand.run().token(), 2, true, done("1"));
    tickUntilQuiet();
    assertThat(started()).contains("s-2027-01-01T02:00:00Z");
    assertThat(schedules.describe("default", "s").pending()).isEmpty();
  }

  @Test
  void cancelOtherClosesARunThatCannotBeAskedAndStartsTheNext() {
    hourly("s", OverlapPolicy.CANCEL_OTHER);
    pass(HOUR);
    pass(HOUR);
    assertThat(control.describe(ref(FIRST)).status()).isEqualTo(RunStatus.CANCELLED);
    assertThat(started()).containsExactly(FIRST, "s-2027-01-01T02:00:00Z");
  }

  @Test
  void cancelOtherAsksAProgramThatCanBeAsked() {
    schedules.create("default",
        new CreateSchedule("s", terms(OverlapPolicy.CANCEL_OTHER, "@hourly", order(false)), false, null));
    pass(HOUR);
    pass(HOUR);
    assertThat(history(FIRST)).containsExactly("StartAccepted", "WorkflowStarted", "CancelRequested");
    assertThat(started()).containsExactly(FIRST);
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 3, true, done("1"));
    tickUntilQuiet();
    assertThat(started()).containsExactly(FIRST, "s-2027-01-01T02:00:00Z");
  }

  @Test
  void terminateOtherEndsTheOneBefore() {
    hourly("s", OverlapPolicy.TERMINATE_OTHER);
    pass(HOUR);
    pass(HOUR);
    assertThat(control.describe(ref(FIRST)).status()).isEqualTo(RunStatus.TERMINATED);
    assertThat(started()).containsExactly(FIRST, "s-2027-01-01T02:00:00Z");
  }

  @Test
  void aPausedScheduleWaitsAndSaysWhy() {
    hourly("s", OverlapPolicy.ALLOW_ALL);
    assertThat(schedules.pause("default", "s", "holidays").standing().note()).isEqualTo("holidays");
    assertThat(pawl.store().nextDue()).isEmpty();
    pass(HOUR.multipliedBy(3));
    assertThat(started()).isEmpty();
    schedules.resume("default", "s", null);
    pass(HOUR);
    assertThat(started()).containsExactly("s-2027-01-01T04:00:00Z");
    assertThat(said("s")).containsExactly("ScheduleCreated", "SchedulePaused", "skips: paused", "ScheduleResumed",
        "starts s-2027-01-01T04:00:00Z");
  }

  @Test
  void aTriggerAnswersWithARunThatIsThere() {
    hourly("s", OverlapPolicy.SKIP);
    ScheduleApi.Launch first = schedules.trigger("default", "s", null);
    String id = ((Fired.Started) first.fired()).workflowId();
    assertThat(first.refusal()).isNull();
    assertThat(control.describe(ref(id)).run()).isEqualTo(first.run());
    assertThat(schedules.trigger("default", "s", null).fired()).isInstanceOf(Fired.Skipped.class);
    assertThat(((Fired.Buffered) schedules.trigger("default", "s", OverlapPolicy.BUFFER_ALL).fired()).depth()).isEqualTo(1);
    // H5: two of one instant have their own names.
    ScheduleApi.Launch second = schedules.trigger("default", "s", OverlapPolicy.ALLOW_ALL);
    assertThat(second.run()).isNotNull().isNotEqualTo(first.run());
    assertThat(started()).hasSize(2);
  }

  @Test
  void aBackfillStartsWhatWouldHaveBeen() {
    hourly("s", OverlapPolicy.ALLOW_ALL);
    Instant now = clock.instant();
    List<ScheduleApi.Launch> launches = schedules.backfill("default",
        new BackfillSchedule("s", now.minus(HOUR.multipliedBy(3)), now, null));
    assertThat(launches).extracting(launch -> launch.fired().nominal()).containsExactly(
        now.minus(HOUR.multipliedBy(3)), now.minus(HOUR.multipliedBy(2)), now.minus(HOUR));
    assertThat(launches).allSatisfy(launch -> assertThat(control.describe(
        ref(((Fired.Started) launch.fired()).workflowId())).run()).isEqualTo(launch.run()));
  }

  @Test
  void aStartThatIsRefusedIsWrittenDownAndTheNextOneComes() {
    hourly("s", OverlapPolicy.BUFFER_ALL);
    control.start(start(FIRST));
    pass(HOUR);
    assertThat(said("s")).containsExactly("ScheduleCreated", "starts " + FIRST, "skips: start_refused");
    assertThat(schedules.history("default", "s", 2, 1).getFirst().event().fact())
        .isInstanceOfSatisfying(ScheduleEvent.TriggerSkipped.class, skip -> assertThat(skip.why()).contains(FIRST));
    Schedule now = schedules.describe("default", "s");
    assertThat(now.counts().failed()).isEqualTo(1);
    assertThat(now.open()).isEmpty();
    pass(HOUR);
    assertThat(started()).contains("s-2027-01-01T02:00:00Z");
  }

  @Test
  void anUpdateCountsFromNowOnAndMeetsTheVersionItWasMadeFrom() {
    Schedule before = hourly("s", OverlapPolicy.ALLOW_ALL);
    schedules.update("default",
        new UpdateSchedule("s", terms(OverlapPolicy.ALLOW_ALL, "30 * * * *", order(true)), "half past", before.version()));
    assertRefused(ScheduleCode.SCHEDULE_CHANGED, () -> schedules.update("default",
        new UpdateSchedule("s", before.terms(), null, before.version())));
    pass(HOUR);
    assertThat(started()).containsExactly("s-2027-01-01T00:30:00Z");
    assertThat(schedules.describe("default", "s").standing().note()).isEqualTo("half past");
  }

  @Test
  void aDeletedScheduleIsSilentAndItsHistoryStays() {
    hourly("s", OverlapPolicy.ALLOW_ALL);
    pass(HOUR);
    schedules.delete("default", "s");
    assertThat(pawl.store().nextDue()).isEmpty();
    assertRefused(ScheduleCode.SCHEDULE_NOT_FOUND, () -> schedules.describe("default", "s"));
    assertRefused(ScheduleCode.SCHEDULE_NOT_FOUND, () -> schedules.trigger("default", "s", null));
    assertRefused(ScheduleCode.SCHEDULE_NOT_FOUND, () -> schedules.delete("default", "s"));
    assertThat(said("s")).last().isEqualTo("ScheduleDeleted");
    // Its run ends, and there is nobody to hear it.
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, done("1"));
    pass(HOUR);
    assertThat(started()).containsExactly(FIRST);
    hourly("s", OverlapPolicy.ALLOW_ALL);
    pass(HOUR);
    assertThat(said("s")).hasSize(5).last().isEqualTo("starts s-2027-01-01T03:00:00Z");
  }

  @Test
  void whatIsOlderThanTheRetentionGoesInSlices() {
    pawl.retain("default", Duration.ofDays(1));
    hourly("s", OverlapPolicy.ALLOW_ALL);
    pass(HOUR);
    schedules.delete("default", "s");
    clock.pass(Duration.ofDays(1).plusSeconds(1));
    tickUntilQuiet();
    assertRefused(ScheduleCode.SCHEDULE_NOT_FOUND, () -> schedules.history("default", "s", 0, 10));
    assertThat(pawl.store().schedules().prune("default", clock.instant(), 10)).isZero();
  }

  @Test
  void schedulesAreListedNewestFirstPageByPage() {
    for (int i = 0; i < 5; i++) {
      hourly("s-" + i, OverlapPolicy.SKIP);
      clock.pass(Duration.ofSeconds(1));
    }
    schedules.create("default", new CreateSchedule("paused", terms(OverlapPolicy.SKIP, "@daily",
        new ScheduleAction.StartWorkflow("Report", "q", null, StartOptions.PLAIN, false)), true, null));
    List<String> ids = new ArrayList<>();
    ScheduleApi.Cursor after = null;
    do {
      ScheduleApi.Page page = schedules.list(new ScheduleApi.Listing("default", null, null, 2, after));
      page.schedules().forEach(schedule -> ids.add(schedule.id()));
      after = page.next();
    } while (after != null);
    assertThat(ids).containsExactly("paused", "s-4", "s-3", "s-2", "s-1", "s-0");
    assertThat(schedules.list(new ScheduleApi.Listing("default", true, null, 10, null)).schedules())
        .extracting(Schedule::id).containsExactly("paused");
    assertThat(schedules.list(new ScheduleApi.Listing("default", false, "Order", 10, null)).schedules()).hasSize(5);
    assertThat(schedules.list(new ScheduleApi.Listing("default", null, "Nothing", 10, null)).schedules()).isEmpty();
  }

  @Test
  void whatCouldNeverStartIsRefusedWithItsField() {
    assertRejected(Rejection.Code.INVALID_ARGUMENT, () -> schedules.create("default", new CreateSchedule("s",
        terms(OverlapPolicy.SKIP, "@daily", new ScheduleAction.StartWorkflow("", "q", null, StartOptions.PLAIN, false)),
        false, null)));
    assertRejected(Rejection.Code.NAMESPACE_NOT_FOUND, () -> schedules.describe("nowhere", "s"));
    assertRefused(ScheduleCode.INVALID_SCHEDULE_ID, () -> hourly(" ", OverlapPolicy.SKIP));
    hourly("s", OverlapPolicy.SKIP);
    assertRefused(ScheduleCode.SCHEDULE_ALREADY_EXISTS, () -> hourly("s", OverlapPolicy.SKIP));
    assertRefused(ScheduleCode.INVALID_TIME_RANGE, () -> schedules.backfill("default",
        new BackfillSchedule("s", clock.instant(), clock.instant(), null)));
  }

  @Test
  void namespacesDoNotSeeEachOther() {
    pawl.putNamespace(new dev.pawl.engine.store.Store.Namespace("other", "", Duration.ofDays(1)));
    hourly("s", OverlapPolicy.SKIP);
    schedules.create("other", new CreateSchedule("s", terms(OverlapPolicy.SKIP, "@daily", order(true)), false, null));
    pass(HOUR);
    assertThat(schedules.describe("other", "s").counts().started()).isZero();
    assertThat(schedules.list(ScheduleApi.Listing.of("other", 10)).schedules()).hasSize(1);
    assertThat(control.list("other", "", 10, null).runs()).isEmpty();
    schedules.delete("other", "s");
    assertThat(schedules.describe("default", "s").counts().started()).isEqualTo(1);
  }

  // ---- any number of nodes

  @Test
  void manyNodesAtOnceStartEachFireOnce() {
    int many = 20;
    for (int i = 0; i < many; i++) {
      schedules.create("default", new CreateSchedule("s" + i,
          terms(OverlapPolicy.ALLOW_ALL, "* * * * * *", order(true)), false, null));
    }
    manyNodesLook(3, 5);
    List<String> ids = started();
    assertThat(ids).hasSize(many * 5).doesNotHaveDuplicates();
    for (int i = 0; i < many; i++) {
      List<ScheduleApi.Entry> entries = schedules.history("default", "s" + i, 1, 100);
      assertThat(entries).hasSize(5);
      assertThat(entries.stream().map(entry -> ((ScheduleEvent.Triggered) entry.event().fact()).nominal())
          .collect(Collectors.toSet())).hasSize(5);
    }
    assertThat(Set.copyOf(control.list("default", "", 1_000, null).runs().stream()
        .map(ControlApi.RunView::runNumber).toList())).containsExactly(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"MAIL_BEFORE", "SCHEDULE_BEFORE", "SCHEDULE_AFTER", "COMMIT_BEFORE", "COMMIT_BEFORE_ANSWER"})
  void aNodeThatBreaksLosesNoFireAndDoublesNone(Failpoint point) {
    hourly("s", OverlapPolicy.ALLOW_ALL);
    breaks(point, HOUR);
    assertThat(started()).containsExactly(FIRST);
    assertThat(said("s")).containsExactly("ScheduleCreated", "starts " + FIRST);
  }

  @Test
  void aThousandMissedFiresArePassedInPortions() {
    schedules.create("default", new CreateSchedule("s",
        terms(OverlapPolicy.SKIP, "* * * * * *", order(true)), false, null));
    clock.pass(Duration.ofDays(2).plusMinutes(3));
    for (int i = 0; i < 3; i++) pawl.tick(clock.instant());
    // A day is the catch-up window: the day before it is one entry.
    assertThat(said("s").subList(0, 4))
        .containsExactly("ScheduleCreated", "skips: missed", "starts s-2027-01-02T00:03:00Z", "skips: run_open");
    assertThat(schedules.describe("default", "s").decidedUntil())
        .isAfter("2027-01-02T00:03:00Z").isBefore("2027-01-02T00:30:00Z");
  }

  @Test
  void aStaleWakeUpIsPutRight() {
    hourly("s", OverlapPolicy.SKIP);
    PawlEngine other = engine(config -> {});
    // This node remembers the wake-up of before; the other one has moved it.
    other.schedules().update("default",
        new UpdateSchedule("s", terms(OverlapPolicy.SKIP, "@daily", order(true)), null, null));
    pass(HOUR);
    assertThat(started()).isEmpty();
    assertThat(pawl.store().nextDue()).contains(Instant.parse("2027-01-02T00:00:00Z"));
    pass(HOUR.multipliedBy(23));
    assertThat(started()).containsExactly("s-2027-01-02T00:00:00Z");
  }

  @Test
  void memoAndSearchAttributesGoToTheRuns() {
    StartOptions options = new StartOptions(Duration.ofHours(2), null, Duration.ofSeconds(10), null, Duration.ZERO, 5, null,
        Map.of(), Map.of("team", Payload.json("\"red\"")), Map.of("Region", new SearchValue.Keyword("eu")));
    schedules.create("default", new CreateSchedule("s", terms(OverlapPolicy.SKIP, "@hourly",
        new ScheduleAction.StartWorkflow("Order", "q", null, options, false)), false, null));
    pass(HOUR);
    assertThat(control.list("default", "Region = 'eu'", 10, null).runs()).hasSize(1);
  }
}
