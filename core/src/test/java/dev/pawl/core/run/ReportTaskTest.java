package dev.pawl.core.run;

import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.activity;
import static dev.pawl.core.run.Requests.cancel;
import static dev.pawl.core.run.Requests.child;
import static dev.pawl.core.run.Requests.complete;
import static dev.pawl.core.run.Requests.failure;
import static dev.pawl.core.run.Requests.retryStep;
import static dev.pawl.core.run.Requests.signal;
import static dev.pawl.core.run.Requests.start;
import static dev.pawl.core.run.Requests.step;
import static dev.pawl.core.run.Requests.tell;
import static dev.pawl.core.run.Requests.terminate;
import static dev.pawl.core.run.Requests.timer;
import static dev.pawl.core.run.Requests.token;
import static dev.pawl.core.run.Requests.update;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class ReportTaskTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private static ReportTask report(World w, boolean release, Command... commands) {
    Run run = w.runs.get(Samples.run(w));
    return run == null
        ? new ReportTask(token(Samples.NOBODY, 1), World.ANN, 1, 2, List.of(commands), release)
        : w.reportOf(run.id(), release, commands);
  }

  @TestFactory
  Stream<DynamicTest> closingInEveryState() {
    return Summary.inEveryState(w -> report(w, true, complete()), """
        ABSENT: `run_not_found`
        DELAYED, READY, WAITING, PAUSED, BLOCKED: `lease_lost`
        FIRST_LEASE: WorkflowCompleted → NONE
        LEASED: WorkflowCompleted; closes activity 1; posts TerminateOther; update u-1 COMPLETED → NONE
        CLOSED: `run_closed`""");
  }

  @TestFactory
  Stream<DynamicTest> recordingAStepInEveryState() {
    return Summary.inEveryState(w -> report(w, false, step(w.runs.containsKey(Samples.run(w))
        ? w.run(Samples.run(w)).state().nextStep() : 1)), """
        ABSENT: `run_not_found`
        DELAYED, READY, WAITING, PAUSED, BLOCKED: `lease_lost`
        FIRST_LEASE, LEASED: StepCompleted → LEASED
        CLOSED: `run_closed`""");
  }

  // ---- what each command becomes

  @Test
  void commandsBecomeEventsInTheirOrder() {
    given(State.FIRST_LEASE).when(w -> report(w, true,
        new Command.StartStep(1, "reserve"), step(1), activity(2), timer(3, HOUR),
        child(4, "ship-42", ParentClosePolicy.ABANDON), tell(5, "stock"),
        new Command.CancelExternal(6, World.NS, "stock", "not needed"),
        new Command.RecordSideEffect(7, Payload.json("1")), new Command.RecordVersion(8, "change", 2, 1, 2),
        new Command.UpsertSearchAttributes(9, Map.of("Amount", new SearchValue.Int(1))),
        new Command.UpsertMemo(10, Map.of("k", Payload.json("1"))), retryStep(11, 1, HOUR)))
        .thenTypes("StepStarted", "StepCompleted", "ActivityScheduled", "TimerScheduled", "ChildWorkflowScheduled",
            "SignalExternalScheduled", "CancelExternalScheduled", "SideEffectRecorded", "VersionMarkerRecorded",
            "SearchAttributesUpserted", "MemoUpserted", "StepRetryScheduled")
        .effectTypes(Effect.OpenTask.class, Effect.Post.class, Effect.Post.class, Effect.Post.class, Effect.Post.class,
            Effect.Post.class)
        .isLeft(Phase.IDLE)
        .satisfies(w -> {
          RunState state = w.current(ORDER).state();
          assertThat(state.nextStep()).isEqualTo(12);
          assertThat(state.activities()).containsExactly(Map.entry(2, "charge"));
          assertThat(state.timers()).containsOnlyKeys(3, 11);
          assertThat(state.children().get(4)).isEqualTo(
              new RunState.OpenChild("ship-42", ParentClosePolicy.ABANDON, null));
          assertThat(state.externals()).containsOnlyKeys(5, 6);
          assertThat(state.searchAttributes()).containsEntry("Amount", new SearchValue.Int(1));
          assertThat(state.memo()).containsEntry("k", Payload.json("1"));
        });
  }

  @Test
  void everyEventOfTheReportSaysWhatTheProgramHadSeen() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    world.did(signal(ORDER, "s-1"));
    given(world).when(w -> new ReportTask(token(run, 1), World.ANN, 1, 2, List.of(step(1), timer(2, HOUR)), true))
        .satisfies(w -> assertThat(w.histories.get(run).subList(3, 5)).allSatisfy(
            event -> assertThat(event.seen()).isEqualTo(2)));
  }

  @Test
  void aFailedStepIsAFactOfTheRun() {
    given(State.FIRST_LEASE)
        .when(w -> report(w, true, new Command.RecordStep(1, "reserve", Outcome.failed(failure("Full")), 3)))
        .then(new RunEvent.StepFailed(1, "reserve", failure("Full"), 3));
  }

  @Test
  void aStepThatRetriesLaterFreesTheLease() {
    given(State.FIRST_LEASE).when(w -> report(w, true, retryStep(1, 2, HOUR)))
        .then(new RunEvent.StepRetryScheduled(1, "reserve", failure("Busy"), 2, World.NOON.plus(HOUR)))
        .isLeft(Phase.IDLE).pass(HOUR)
        .when(w -> Deliveries.of(w.mails.get(Mail.Key.timer(w.current(ORDER).id(), 1))))
        .then(new RunEvent.TimerFired(1)).isLeft(Phase.READY)
        .and(w -> w.turn(w.current(ORDER).id(), retryStep(1, 3, HOUR)))
        .satisfies(w -> assertThat(w.current(ORDER).state().timers()).containsEntry(1, w.now.plus(HOUR)));
  }

  @Test
  void aWaitThatIsCutShortLeavesNoTimer() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    world.report(run, true, retryStep(1, 1, HOUR));
    world.did(cancel(ORDER, null));
    world.turn(run, new Command.RecordStep(1, "reserve", Outcome.failed(failure("Cancelled")), 1));
    assertThat(world.run(run).state().timers()).isEmpty();
    assertThat(world.mails).isEmpty();
  }

  @Test
  void aTimerThatIsStartedAndCancelledAtOnceWasNeverThere() {
    given(State.FIRST_LEASE).when(w -> report(w, true, timer(1, HOUR), new Command.CancelTimer(1)))
        .thenTypes("TimerScheduled", "TimerCancelled").effects();
  }

  @Test
  void cancellingWhatIsOverDoesNothing() {
    given(State.LEASED).when(w -> report(w, true, new Command.CancelTimer(99), new Command.CancelActivity(99),
        new Command.CompleteUpdate("unknown", Outcome.success(Payload.NULL)), new Command.AcceptUpdate("unknown"),
        new Command.RejectUpdate("unknown", failure("No")))).then().effects();
  }

  @Test
  void aTimerOfNoTimeIsFine() {
    given(State.FIRST_LEASE).when(w -> report(w, true, timer(1, Duration.ZERO)))
        .then(new RunEvent.TimerScheduled(1, Duration.ZERO, World.NOON)).and(World::deliver).isLeft(Phase.READY);
  }

  @Test
  void whatIsSaidFirstIsHeardFirst() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    world.report(run, true, child(1, "ship-42", ParentClosePolicy.ABANDON), tell(2, "ship-42"),
        timer(3, HOUR), new Command.CancelExternal(4, World.NS, "ship-42", "not needed"));
    List<java.time.Instant> dues = List.of(world.mails.get(Mail.Key.toChild(run, 1, "start")).due(),
        world.mails.get(Mail.Key.external(run, 2)).due(), world.mails.get(Mail.Key.external(run, 4)).due());
    assertThat(dues).containsExactly(World.NOON.minusNanos(2_000), World.NOON.minusNanos(1_000), World.NOON);
  }

  @Test
  void anotherNamespaceIsOutOfReachAndTheProgramIsTold() {
    given(State.FIRST_LEASE).when(w -> report(w, true,
            new Command.SignalExternal(1, "other", ORDER, "approve", null, Map.of()),
            new Command.CancelExternal(2, "other", ORDER, "not needed")))
        .thenTypes("SignalExternalScheduled", "ExternalFailed", "CancelExternalScheduled", "ExternalFailed").effects()
        .satisfies(w -> assertThat(w.facts(Samples.run(w)).getLast()).isInstanceOfSatisfying(
            RunEvent.ExternalFailed.class, e -> assertThat(e.failure().type()).isEqualTo("Forbidden")))
        .isLeft(Phase.LEASED);
  }

  @Test
  void attributesAndMemoAreLimitedAsAWhole() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    Map<String, SearchValue> many = new java.util.HashMap<>();
    for (int i = 0; i < 99; i++) many.put("A" + i, new SearchValue.Int(i));
    world.report(run, false, new Command.UpsertSearchAttributes(1, many),
        new Command.UpsertMemo(2, Map.of("a", Payload.json("1".repeat(200_000)))));
    given(world)
        .when(w -> report(w, true, new Command.UpsertSearchAttributes(3,
            Map.of("B", new SearchValue.Int(1), "C", new SearchValue.Int(1)))))
        .rejectedAt(Code.LIMIT_EXCEEDED, "commands.0.attributes")
        .when(w -> report(w, true, new Command.UpsertMemo(3, Map.of("b", Payload.json("1".repeat(100_000))))))
        .rejectedAt(Code.LIMIT_EXCEEDED, "commands.0.memo")
        .when(w -> report(w, true, new Command.UpsertSearchAttributes(3,
            Map.of("A0", new SearchValue.Unset(), "B", new SearchValue.Int(1), "C", new SearchValue.Int(1))),
            new Command.UpsertMemo(4, Map.of("a", Payload.json("1".repeat(250_000)))))).isLeft(Phase.IDLE);
  }

  // ---- activities

  @Test
  void anActivityThatNobodyHasIsCancelledAtOnceAndTheProgramIsTold() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    world.report(run, false, activity(1));
    ReportTask.Reported told = world.report(run, true, new Command.CancelActivity(1));
    assertThat(told.own().stream().map(Event::fact)).containsExactly(
        new RunEvent.ActivityCancelRequested(1), new RunEvent.ActivityCancelled(1, 1));
    assertThat(told.own().getLast().seen()).as("it comes from outside").isZero();
    assertThat(told.keeps()).as("there is news to look at").isTrue();
    assertThat(world.tasks).isEmpty();
  }

  @Test
  void anActivityThatSomebodyHasIsAsked() {
    given(State.LEASED).when(w -> report(w, true, new Command.CancelActivity(1)))
        .then(new RunEvent.ActivityCancelRequested(1))
        .satisfies(w -> {
          ActivityTask task = w.tasks.get(new TaskId(w.current(ORDER).id(), 1));
          assertThat(task.cancelRequested()).isTrue();
          assertThat(task.phase()).isEqualTo(ActivityTask.Phase.LEASED);
        });
  }

  @Test
  void anActivityThatIsScheduledAndCancelledInOneReportNeverRuns() {
    given(State.FIRST_LEASE).when(w -> report(w, true, activity(1), new Command.CancelActivity(1)))
        .thenTypes("ActivityScheduled", "ActivityCancelRequested", "ActivityCancelled").effects()
        .satisfies(w -> assertThat(w.tasks).isEmpty());
  }

  @Test
  void anActivityThatIsScheduledByAProgramThatEndsNeverRuns() {
    given(State.FIRST_LEASE).when(w -> report(w, true, activity(1), timer(2, HOUR), complete()))
        .thenTypes("ActivityScheduled", "TimerScheduled", "WorkflowCompleted").effects();
  }

  // ---- updates

  @Test
  void anUpdateIsAcceptedAndCompletedInOneReport() {
    World world = State.READY.world();
    RunId run = world.current(ORDER).id();
    world.did(update(ORDER, "u-1"));
    world.grant(run, World.ANN);
    given(world).when(w -> report(w, true, new Command.AcceptUpdate("u-1"), new Command.AcceptUpdate("u-1"),
            new Command.CompleteUpdate("u-1", Outcome.success(Payload.json("7")))))
        .thenTypes("UpdateAccepted", "UpdateCompleted")
        .effects(new Effect.SettleUpdate(
            run, "u-1", Effect.UpdatePhase.COMPLETED, Outcome.success(Payload.json("7"))));
  }

  @Test
  void aRejectedUpdateLeavesNoEvent() {
    World world = State.READY.world();
    RunId run = world.current(ORDER).id();
    world.did(update(ORDER, "u-1"));
    world.grant(run, World.ANN);
    given(world).when(w -> report(w, true, new Command.RejectUpdate("u-1", failure("No")))).then()
        .isLeft(Phase.IDLE)
        .satisfies(w -> assertThat(w.updates.get(new World.UpdateKey(run, "u-1")).phase())
            .isEqualTo(Effect.UpdatePhase.REJECTED));
  }

  @Test
  void theLeaseIsKeptWhileAnUpdateWaits() {
    World world = State.FIRST_LEASE.world();
    world.did(update(ORDER, "u-1"));
    given(world).when(w -> report(w, true)).isLeft(Phase.LEASED)
        .when(w -> report(w, true, new Command.AcceptUpdate("u-1"))).isLeft(Phase.IDLE);
  }

  // ---- newcomers

  @Test
  void newcomersDoNotFenceTheWorker() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    world.did(signal(ORDER, "s-1"));
    ReportTask.Reported got = world.did(
        new ReportTask(token(run, 1), World.ANN, 1, 2, List.of(timer(1, HOUR)), true));
    assertThat(got.firstSeq()).isEqualTo(4);
    assertThat(got.own()).extracting(Event::seq).containsExactly(4L);
    assertThat(got.keeps()).as("it has to look at the signal").isTrue();
    assertThat(world.run(run).task().phase()).isEqualTo(Phase.LEASED);
    ReportTask.Reported rest = world.did(new ReportTask(token(run, 1), World.ANN, 2, 4, List.of(), true));
    assertThat(rest.keeps()).isFalse();
    assertThat(world.run(run).task().phase()).isEqualTo(Phase.IDLE);
  }

  @Test
  void aRunThatEndsListsTheSignalsThatItsProgramNeverTook() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    world.did(signal(ORDER, "seen"));
    world.did(signal(ORDER, "unseen"));
    given(world).when(w -> new ReportTask(token(run, 1), World.ANN, 1, 3,
            List.of(new Command.CompleteRun(null, List.of("seen"))), true))
        .then(new RunEvent.WorkflowCompleted(null, List.of("seen", "unseen")));
  }

  // ---- repeating

  @Test
  void theSameNumberGetsTheSameAnswer() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    ReportTask first = world.reportOf(run, false, step(1));
    world.did(first);
    given(world).when(w -> first).unchanged().satisfies(w -> {
      ReportTask.Reported again = ((Decision.Unchanged<ReportTask.Reported>) w.submit(first)).answer();
      assertThat(again.repeated()).isTrue();
      assertThat(again.keeps()).isTrue();
      assertThat(again.firstSeq()).isEqualTo(3);
    });
  }

  @Test
  void theLastReportGetsItsAnswerAfterTheEnd() {
    World world = State.FIRST_LEASE.world();
    ReportTask last = world.reportOf(world.current(ORDER).id(), true, complete());
    world.did(last);
    given(world).when(w -> last).unchanged()
        .when(w -> new ReportTask(last.token(), World.ANN, 2, 3, List.of(), true)).rejected(Code.RUN_CLOSED);
  }

  @Test
  void anAcceptedReportGetsItsAnswerAfterSomebodyElseClosedTheRun() {
    World world = State.FIRST_LEASE.world();
    ReportTask first = world.reportOf(world.current(ORDER).id(), false, step(1));
    world.did(first);
    world.did(terminate(ORDER, null));
    given(world).when(w -> first).unchanged();
  }

  @Test
  void anOldLeasesReportIsNotMistakenForTheLastOne() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    ReportTask neverLanded = world.reportOf(run, true, complete());
    world.did(new LoseTask(run, 1, "SESSION_EXPIRED"));
    world.turn(run, step(1));
    given(world).when(w -> neverLanded).rejected(Code.LEASE_LOST);
    world.did(terminate(ORDER, null));
    given(world).when(w -> neverLanded).rejected(Code.RUN_CLOSED);
  }

  // ---- what is refused as a whole

  @Test
  void oneThingWrongAndNothingIsTaken() {
    World world = State.LEASED.world();
    long before = world.current(ORDER).state().lastSeq();
    given(world).when(w -> report(w, true, timer(5, HOUR), timer(6, Duration.ofSeconds(-1))))
        .rejectedAt(Code.INVALID_ARGUMENT, "commands.1.delay")
        .satisfies(w -> assertThat(w.current(ORDER).state().lastSeq()).isEqualTo(before));
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    return Stream.of(
        refusal("commands.0", Code.INVALID_ARGUMENT, complete(), timer(5, HOUR)),
        refusal("commands.0.step", Code.INVALID_ARGUMENT, timer(0, HOUR)),
        refusal("commands.0.step", Code.INVALID_ARGUMENT, timer(-1, HOUR)),
        refusal("commands.0.step", Code.INVALID_ARGUMENT, timer(Integer.MAX_VALUE, HOUR)),
        refusal("commands.1.step", Code.INVALID_ARGUMENT, timer(5, HOUR), activity(5)),
        refusal("commands.0.step", Code.INVALID_ARGUMENT, activity(1)),
        refusal("commands.0.step", Code.INVALID_ARGUMENT, timer(2, HOUR)),
        refusal("commands.0.step", Code.INVALID_ARGUMENT, child(3, "x", ParentClosePolicy.ABANDON)),
        refusal("commands.0.step", Code.INVALID_ARGUMENT, step(1)),
        refusal("commands.0.step", Code.INVALID_ARGUMENT, step(3)),
        refusal("commands.0.step", Code.INVALID_ARGUMENT, step(4)),
        refusal("commands.0.step", Code.INVALID_ARGUMENT, retryStep(2, 1, HOUR)),
        refusal("commands.0.delay", Code.INVALID_ARGUMENT, timer(5, Duration.ofDays(36_526))),
        refusal("commands.0.delay", Code.INVALID_ARGUMENT, timer(5, Duration.ofSeconds(Long.MAX_VALUE))),
        refusal("commands.0.name", Code.LIMIT_EXCEEDED,
            new Command.RecordStep(5, "x".repeat(256), Outcome.success(Payload.NULL), 1)),
        refusal("commands.0.outcome", Code.PAYLOAD_TOO_LARGE, new Command.RecordStep(5, "big",
            Outcome.success(Payload.wrap("json", new byte[Payload.MAX_BYTES + 1])), 1)),
        refusal("commands.0.input", Code.PAYLOAD_TOO_LARGE, new Command.ScheduleActivity(5, "charge",
            Payload.wrap("json", new byte[Payload.MAX_BYTES + 1]), Requests.activityOptions(Requests.TWICE), Map.of())),
        refusal("commands.0.options.startToClose", Code.INVALID_ARGUMENT,
            new Command.ScheduleActivity(5, "charge", null,
            new ActivityOptions("q", null, Duration.ZERO, null, null, Requests.TWICE, 5), Map.of())),
        refusal("commands.0.options.queue", Code.INVALID_ARGUMENT, new Command.ScheduleActivity(5, "charge", null,
            new ActivityOptions("", null, null, null, null, Requests.TWICE, 5), Map.of())),
        refusal("commands.0.workflowId", Code.INVALID_ARGUMENT, child(5, "", ParentClosePolicy.ABANDON)),
        refusal("commands.0.memo", Code.LIMIT_EXCEEDED,
            new Command.UpsertMemo(5, Map.of("k", Payload.json("1".repeat(262_145))))),
        refusal("commands.0.attributes", Code.INVALID_ARGUMENT,
            new Command.UpsertSearchAttributes(5, Map.of("no way", new SearchValue.Int(1)))),
        refusal("commands", Code.LIMIT_EXCEEDED, many(10_001)));
  }

  @Test
  void tenThousandCommandsAreFineAndTheirTimeIsNotTheirSquare() {
    Command[] fan = Stream.iterate(5, i -> i + 1).limit(10_000).map(Requests::activity).toArray(Command[]::new);
    World world = State.LEASED.world();
    ReportTask report = report(world, true, fan);
    org.junit.jupiter.api.Assertions.assertTimeout(Duration.ofSeconds(5), () -> world.decide(report));
    given(world).when(w -> report).isLeft(Phase.IDLE);
    assertThat(world.current(ORDER).state().activities()).hasSize(10_001);
  }

  @Test
  void theNumberAndWhatWasSeenMustFit() {
    given(State.LEASED).when(w -> numbered(w, 2, 5)).rejectedAt(Code.INVALID_ARGUMENT, "number");
    given(State.LEASED).when(w -> numbered(w, 0, 5)).rejectedAt(Code.INVALID_ARGUMENT, "number");
    given(State.LEASED).when(w -> numbered(w, 1, 1)).rejectedAt(Code.INVALID_ARGUMENT, "seen");
    given(State.LEASED).when(w -> numbered(w, 1, 999)).rejectedAt(Code.INVALID_ARGUMENT, "seen");
  }

  @Test
  void anotherSessionMayNotReport() {
    given(State.LEASED).when(w -> new ReportTask(
        token(w.current(ORDER).id(), w.current(ORDER).task().epoch()), World.BOB, 1, 2, List.of(), true)).rejected(Code.LEASE_LOST);
  }

  private static ReportTask numbered(World w, int number, long seen) {
    Run run = w.current(ORDER);
    return new ReportTask(token(run.id(), run.task().epoch()), World.ANN, number, seen, List.of(), true);
  }

  private static Command[] many(int count) {
    return Stream.generate(() -> new Command.CancelTimer(99)).limit(count).toArray(Command[]::new);
  }

  private static DynamicTest refusal(String field, Code code, Command... commands) {
    return DynamicTest.dynamicTest(field + " " + commands[0].getClass().getSimpleName(),
        () -> given(State.LEASED).when(w -> report(w, true, commands)).rejectedAt(code, field).isLeft(Phase.LEASED));
  }
}
