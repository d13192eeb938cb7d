package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.ActivityOptions;
import dev.pawl.core.run.Command;
import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.value.Backoff;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.Database;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an engine does, told by a hand-written worker under a clock that stands still. Run on every database. */
abstract class EngineTranscripts {
  static final Duration NOW = Duration.ZERO;

  final OwnedClock clock = new OwnedClock();
  private Database database;
  private final java.util.ArrayList<PawlEngine> opened = new java.util.ArrayList<>();
  PawlEngine pawl;
  ControlApi control;

  abstract Database freshDatabase();

  @BeforeEach
  void open() {
    database = freshDatabase();
    pawl = engine(config -> {});
    control = pawl.control();
  }

  /** Another engine on the same database. */
  PawlEngine engine(Consumer<EngineConfig> settings) {
    PawlEngine engine = PawlEngine.open(database.dataSource(), config -> {
      config.clock = clock;
      config.duties = false;
      settings.accept(config);
    });
    opened.add(engine);
    return engine;
  }

  @AfterEach
  void close() {
    opened.forEach(PawlEngine::close);
  }

  void tickUntilQuiet() {
    for (int i = 0; i < 50; i++) if (pawl.tick(clock.instant()) == 0) return;
    throw new AssertionError("the duties never come to rest");
  }

  static RunRef ref(String workflowId) {
    return RunRef.current("default", workflowId);
  }

  static ControlApi.Start start(String workflowId) {
    return ControlApi.Start.of("default", workflowId, "Order", "q", Payload.json("{\"id\":1}"));
  }

  static Command.CompleteRun done(String output) {
    return new Command.CompleteRun(Payload.json(output), List.of());
  }

  static Command.ScheduleActivity activity(int step, String type, RetryPolicy retry) {
    return new Command.ScheduleActivity(step, type, Payload.json("1"),
        new ActivityOptions("q", null, Duration.ofMinutes(1), null, null, retry, 5), Map.of());
  }

  List<String> history(String workflowId) {
    return Hand.types(control.history(ref(workflowId), 0, 1000, NOW));
  }

  static void assertRejected(Rejection.Code code, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOfSatisfying(
        RejectedException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  // ---- start to end

  @Test
  void runsAWorkflowFromStartToResult() {
    ControlApi.Started started = control.start(start("order-1"));
    assertThat(started.isNew()).isTrue();

    Hand hand = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant grant = hand.run();
    assertThat(grant.workflowId()).isEqualTo("order-1");
    assertThat(Hand.types(grant.events())).containsExactly("StartAccepted", "WorkflowStarted");
    assertThat(grant.complete()).isTrue();

    WorkerApi.ReportAck first = hand.report(grant.token(), 2, false,
        new Command.RecordStep(1, "reserve", Outcome.success(Payload.json("\"ok\"")), 1));
    assertThat(Hand.types(first.own())).containsExactly("StepCompleted");
    assertThat(first.keeps()).isTrue();

    WorkerApi.ReportAck last = hand.report(grant.token(), 3, true, done("\"receipt\""));
    assertThat(last.keeps()).isFalse();

    ControlApi.RunResult result = control.awaitResult(ref("order-1"), NOW);
    assertThat(result.status()).isEqualTo(RunStatus.COMPLETED);
    assertThat(result.outcome()).isEqualTo(Outcome.success(Payload.json("\"receipt\"")));
    assertThat(history("order-1"))
        .containsExactly("StartAccepted", "WorkflowStarted", "StepCompleted", "WorkflowCompleted");
    assertThat(hand.runs(10)).isEmpty();
    assertThat(control.describe(ref("order-1")).displayed()).isEqualTo("COMPLETED");
  }

  @Test
  void givesTheSameAnswerToARepeatedReport() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant grant = hand.run();
    WorkerApi.Report report = new WorkerApi.Report(grant.token(), hand.session, 1, 2,
        List.of(new Command.RecordStep(1, "a", Outcome.success(Payload.json("1")), 1)), false);
    WorkerApi.ReportAck first = hand.api.report(report);
    WorkerApi.ReportAck second = hand.api.report(report);
    assertThat(second).isEqualTo(first);
    assertThat(history("w")).containsExactly("StartAccepted", "WorkflowStarted", "StepCompleted");
  }

  @Test
  void refusesASecondStartAndRemembersRequestIds() {
    ControlApi.Start once = new ControlApi.Start("default", "w", "Order", "q", Payload.json("1"), StartOptions.PLAIN,
        dev.pawl.core.run.ReusePolicy.ALLOW, dev.pawl.core.run.ConflictPolicy.FAIL, "req-1", null, null);
    ControlApi.Started first = control.start(once);
    assertThat(control.start(once).run()).isEqualTo(first.run());
    assertThat(control.start(once).isNew()).isFalse();
    assertRejected(Rejection.Code.WORKFLOW_ALREADY_STARTED, () -> control.start(start("w")));
    ControlApi.Start other = new ControlApi.Start("default", "w", "Order", "q", Payload.json("2"), StartOptions.PLAIN,
        dev.pawl.core.run.ReusePolicy.ALLOW, dev.pawl.core.run.ConflictPolicy.FAIL, "req-1", null, null);
    assertRejected(Rejection.Code.REQUEST_CONFLICT, () -> control.start(other));
    assertRejected(Rejection.Code.NAMESPACE_NOT_FOUND, () -> control.start(
        ControlApi.Start.of("nowhere", "w", "Order", "q", null)));
    assertRejected(Rejection.Code.RUN_NOT_FOUND, () -> control.describe(ref("never")));
  }

  @Test
  void startsManyInOneGo() {
    List<ControlApi.Start> many = new java.util.ArrayList<>();
    for (int i = 0; i < 100; i++) many.add(start("bulk-" + i % 90));
    List<ControlApi.StartResult> results = control.startAll(many);
    assertThat(results).filteredOn(r -> r.started() != null).hasSize(90);
    assertThat(results).filteredOn(r -> r.rejection() != null).hasSize(10)
        .allSatisfy(r -> assertThat(r.rejection().code()).isEqualTo(Rejection.Code.WORKFLOW_ALREADY_STARTED));
    assertThat(new Hand(pawl).runs(1000)).hasSize(90);
  }

  // ---- activities

  @Test
  void retriesAnActivityAndHandsItsResultToTheProgram() {
    RetryPolicy retry = new RetryPolicy(new Backoff.Delays(List.of(Duration.ofSeconds(10))), 3, List.of());
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant grant = hand.run();
    hand.report(grant.token(), 2, true, activity(1, "charge", retry));

    ActivityTask first = hand.activity();
    assertThat(first.attempt()).isEqualTo(1);
    hand.api.completeActivity(first.token(), hand.session, Outcome.failed(Failure.of("Flaky", "try again")));
    assertThat(hand.activities(10)).isEmpty();
    assertThat(hand.runs(10)).isEmpty();

    clock.pass(Duration.ofSeconds(10));
    ActivityTask second = hand.activity();
    assertThat(second.attempt()).isEqualTo(2);
    assertThat(second.idempotencyKey()).isEqualTo(first.idempotencyKey());
    hand.api.completeActivity(second.token(), hand.session, Outcome.success(Payload.json("\"paid\"")));
    // The same report again is the same answer.
    hand.api.completeActivity(second.token(), hand.session, Outcome.success(Payload.json("\"paid\"")));

    WorkerApi.WorkflowTaskGrant next = hand.run();
    assertThat(Hand.types(next.events())).contains("ActivityCompleted");
    assertThat(next.knownSeq()).isEqualTo(3); // parked here: only what is new travels
    hand.report(next.token(), Hand.last(next.events()), true, done("1"));
    assertThat(control.awaitResult(ref("w"), NOW).status()).isEqualTo(RunStatus.COMPLETED);
  }

  @Test
  void timesOutAnActivityThatNobodyFinishes() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, activity(1, "slow", RetryPolicy.NEVER));
    ActivityTask task = hand.activity();
    clock.pass(Duration.ofMinutes(1));
    assertThat(hand.runs(10)).isEmpty();
    hand.beat(task.token());
    tickUntilQuiet();
    assertThat(history("w")).endsWith("ActivityScheduled", "ActivityTimedOut");
    assertRejected(Rejection.Code.LEASE_LOST, () -> hand.api.completeActivity(
        task.token(), hand.session, Outcome.success(Payload.json("1"))), Rejection.Code.TASK_NOT_FOUND);
    assertThat(control.lateReports(ref("w"), 10)).singleElement()
        .satisfies(late -> assertThat(late.body()).isEqualTo("1"));
  }

  static void assertRejected(Rejection.Code code, ThrowingCallable call, Rejection.Code or) {
    assertThatThrownBy(call).isInstanceOfSatisfying(
        RejectedException.class, e -> assertThat(e.code()).isIn(code, or));
  }

  // ---- timers

  @Test
  void firesATimerOnce() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, new Command.StartTimer(1, Duration.ofDays(30)));
    tickUntilQuiet();
    assertThat(hand.runs(10)).isEmpty();
    clock.pass(Duration.ofDays(30));
    tickUntilQuiet();
    WorkerApi.WorkflowTaskGrant grant = hand.run();
    assertThat(Hand.types(grant.events())).containsExactly("TimerFired");
    tickUntilQuiet();
    assertThat(history("w")).containsExactly("StartAccepted", "WorkflowStarted", "TimerScheduled", "TimerFired");
  }

  @Test
  void twoEnginesFireEachTimerOnce() {
    PawlEngine other = engine(config -> {});
    for (int i = 0; i < 20; i++) control.start(start("t-" + i));
    Hand hand = new Hand(pawl);
    for (WorkerApi.WorkflowTaskGrant grant : hand.runs(100)) {
      hand.report(grant.token(), 2, true, new Command.StartTimer(1, Duration.ofSeconds(5)));
    }
    clock.pass(Duration.ofSeconds(5));
    Thread beside = Thread.ofPlatform().start(() -> other.tick(clock.instant()));
    pawl.tick(clock.instant());
    join(beside);
    tickUntilQuiet();
    for (int i = 0; i < 20; i++) {
      assertThat(history("t-" + i)).containsExactly(
          "StartAccepted", "WorkflowStarted", "TimerScheduled", "TimerFired");
    }
  }

  static void join(Thread thread) {
    try {
      thread.join(Duration.ofSeconds(30));
      assertThat(thread.isAlive()).isFalse();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // ---- signals

  @Test
  void bringsNewcomersWithTheAnswerToAReport() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant grant = hand.run();
    assertThat(control.signal(ref("w"), new ControlApi.Message("s-1", "approve", Payload.json("true"), Map.of())))
        .isTrue();
    assertThat(control.signal(ref("w"), new ControlApi.Message("s-1", "approve", Payload.json("true"), Map.of())))
        .isFalse();
    WorkerApi.ReportAck ack = hand.report(grant.token(), 2, true, new Command.StartTimer(1, Duration.ofHours(1)));
    assertThat(Hand.types(ack.newcomers())).containsExactly("SignalReceived");
    assertThat(Hand.types(ack.own())).containsExactly("TimerScheduled");
    assertThat(ack.keeps()).isTrue();
    hand.report(grant.token(), 4, true, done("1"));
    assertThat(history("w")).endsWith("SignalReceived", "TimerScheduled", "WorkflowCompleted");
  }

  @Test
  void signalsWakeAParkedRun() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true);
    assertThat(hand.runs(10)).isEmpty();
    control.signal(ref("w"), ControlApi.Message.of("go", null));
    WorkerApi.WorkflowTaskGrant grant = hand.run();
    assertThat(grant.knownSeq()).isEqualTo(2);
    assertThat(Hand.types(grant.events())).containsExactly("SignalReceived");
  }

  // ---- children

  @Test
  void startsAChildAndTellsItsParent() {
    control.start(start("parent"));
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, new Command.StartChild(1, "Child", "child", "q", Payload.json("1"),
        StartOptions.PLAIN, ParentClosePolicy.TERMINATE));
    tickUntilQuiet();
    List<WorkerApi.WorkflowTaskGrant> both = hand.runs(10);
    assertThat(both).extracting(WorkerApi.WorkflowTaskGrant::workflowId).containsExactlyInAnyOrder("parent", "child");
    for (WorkerApi.WorkflowTaskGrant grant : both) {
      if (grant.workflowId().equals("child")) hand.report(grant.token(), 2, true, done("\"from child\""));
      else hand.report(grant.token(), Hand.last(grant.events()), true);
    }
    tickUntilQuiet();
    WorkerApi.WorkflowTaskGrant parent = hand.run();
    assertThat(Hand.types(parent.events())).containsExactly("ChildRunCompleted");
    assertThat(history("parent")).containsExactly("StartAccepted", "WorkflowStarted", "ChildWorkflowScheduled",
        "ChildRunStarted", "ChildRunCompleted");
  }

  // ---- lost workers

  @Test
  void anotherWorkerTakesOverFromALostOneAndTheLateReportIsKept() {
    control.start(start("w"));
    Hand dead = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant lost = dead.run();
    dead.report(lost.token(), 2, false, new Command.RecordStep(1, "a", Outcome.success(Payload.json("1")), 1));

    clock.pass(Duration.ofSeconds(16));
    Hand next = new Hand(pawl);
    tickUntilQuiet();
    WorkerApi.WorkflowTaskGrant taken = next.run();
    assertThat(taken.token().epoch()).isGreaterThan(lost.token().epoch());
    assertThat(Hand.types(taken.events())).containsExactly("StartAccepted", "WorkflowStarted", "StepCompleted");

    assertRejected(Rejection.Code.LEASE_LOST, () -> dead.report(lost.token(), 3, true, done("\"too late\"")));
    assertRejected(Rejection.Code.SESSION_LOST, () -> dead.beat(lost.token()));
    assertThat(control.lateReports(ref("w"), 10)).singleElement()
        .satisfies(late -> assertThat(late.why()).startsWith("lease_lost"));
    assertThat(control.ledger(ref("w"), 10)).extracting(ControlApi.LedgerLine::what).contains("LEASE_REVOKED");
    next.report(taken.token(), 3, true, done("\"fine\""));
    assertThat(control.awaitResult(ref("w"), NOW).outcome()).isEqualTo(Outcome.success(Payload.json("\"fine\"")));
  }

  @Test
  void aClosedSessionFreesItsWorkAtOnce() {
    control.start(start("w"));
    Hand leaving = new Hand(pawl);
    leaving.run();
    leaving.api.close(leaving.session);
    assertRejected(Rejection.Code.SESSION_LOST, () -> leaving.runs(1));
    assertThat(new Hand(pawl).run().workflowId()).isEqualTo("w");
  }

  @Test
  void takesBackALeaseThatTwoHeartbeatsDoNotList() {
    control.start(start("w"));
    Hand forgetful = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant grant = forgetful.run();
    for (int i = 0; i < 2; i++) {
      clock.pass(Duration.ofSeconds(5));
      assertThat(forgetful.beat(grant.token()).lost()).isEmpty();
    }
    for (int i = 0; i < 4; i++) {
      clock.pass(Duration.ofSeconds(5));
      forgetful.beat();
    }
    assertThat(forgetful.beat(grant.token()).lost()).containsExactly(grant.token());
    assertThat(control.ledger(ref("w"), 10)).extracting(ControlApi.LedgerLine::cause).contains("LEASE_UNLISTED");
    assertThat(new Hand(pawl).run().workflowId()).isEqualTo("w");
  }

  // ---- steering

  @Test
  void pausesAndResumes() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    control.pause(ref("w"), "look first", null);
    assertThat(hand.runs(10)).isEmpty();
    assertThat(control.explain(ref("w")).summary()).contains("paused");
    control.signal(ref("w"), ControlApi.Message.of("go", null));
    assertThat(hand.runs(10)).isEmpty();
    control.resume(ref("w"), "looked", null);
    assertThat(Hand.types(hand.run().events())).contains("SignalReceived");
  }

  @Test
  void blocksExplainsAndUnblocks() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    hand.api.fail(hand.run().token(), hand.session, Failure.of(Failure.HISTORY_DIVERGED, "event 3 is a timer"));
    assertThat(hand.runs(10)).isEmpty();
    assertThat(control.explain(ref("w")).displayed()).isEqualTo("BLOCKED");
    assertThat(control.explain(ref("w")).summary()).contains("event 3 is a timer");
    control.unblock(ref("w"), "deployed");
    assertThat(hand.run().workflowId()).isEqualTo("w");
  }

  @Test
  void continuesAsNewAndFollowsTheChain() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, new Command.ContinueAsNew(
        null, null, Payload.json("2"), Map.of(), Map.of(), List.of()));
    WorkerApi.WorkflowTaskGrant second = hand.run();
    hand.report(second.token(), 2, true, done("\"end\""));
    assertThat(control.awaitResult(ref("w"), NOW).outcome()).isEqualTo(Outcome.success(Payload.json("\"end\"")));
    assertThat(control.runs("default", "w")).extracting(ControlApi.RunView::status)
        .containsExactly(RunStatus.CONTINUED, RunStatus.COMPLETED);
  }

  @Test
  void resetsToTheBeginning() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant old = hand.run();
    hand.report(old.token(), 2, false, new Command.RecordStep(1, "a", Outcome.success(Payload.json("1")), 1));
    control.reset(ref("w"), 2, "again", null);
    assertRejected(Rejection.Code.RUN_CLOSED, () -> hand.report(old.token(), 3, true, done("1")));
    WorkerApi.WorkflowTaskGrant again = hand.run();
    assertThat(Hand.types(again.events())).startsWith("StartAccepted", "WorkflowStarted");
    assertThat(again.token().run()).isNotEqualTo(old.token().run());
  }

  @Test
  void updatesAreAdmittedAcceptedAndAnswered() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true);
    String good = control.update(ref("w"), ControlApi.Message.of("add", Payload.json("2")));
    String bad = control.update(ref("w"), ControlApi.Message.of("add", Payload.json("-1")));
    WorkerApi.WorkflowTaskGrant grant = hand.run();
    assertThat(grant.updates()).extracting(u -> u.updateId()).containsExactly(good, bad);
    hand.report(grant.token(), 2, true, new Command.AcceptUpdate(good),
        new Command.CompleteUpdate(good, Outcome.success(Payload.json("3"))),
        new Command.RejectUpdate(bad, Failure.of("Invalid", "must be positive")));
    assertThat(control.awaitUpdate(ref("w"), good, NOW)).isEqualTo(Outcome.success(Payload.json("3")));
    assertRejected(Rejection.Code.UPDATE_REJECTED, () -> control.awaitUpdate(ref("w"), bad, NOW));
    assertThat(history("w")).containsExactly("StartAccepted", "WorkflowStarted", "UpdateAccepted", "UpdateCompleted");
  }

  // ---- upkeep

  @Test
  void prunesClosedRunsAfterTheirRetention() {
    control.start(start("old"));
    control.terminate(ref("old"), "enough", null);
    control.start(start("open"));
    tickUntilQuiet();
    assertThat(control.describe(ref("old")).status()).isEqualTo(RunStatus.TERMINATED);
    clock.pass(Duration.ofDays(31));
    tickUntilQuiet();
    assertRejected(Rejection.Code.RUN_NOT_FOUND, () -> control.describe(ref("old")));
    assertThat(control.describe(ref("open")).status()).isEqualTo(RunStatus.RUNNING);
  }
}
