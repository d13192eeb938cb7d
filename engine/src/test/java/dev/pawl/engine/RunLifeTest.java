package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.value.Backoff;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A run from its start to its end, told by a hand-written worker. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class RunLifeTest extends EngineFixture {
  RunLifeTest(DatabaseServer server) {
    super(server);
  }

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
  void somebodyElseFinishesAnActivityByItsToken() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, activity(1, "approve", RetryPolicy.NEVER));
    ActivityTask task = hand.activity();
    hand.api.leaveActivity(task.token(), hand.session);
    hand.api.close(hand.session); // the token stays good
    tickUntilQuiet();
    String token = task.token().toString();
    assertThat(control.heartbeatActivity(token, Payload.json("\"asked\""))).isFalse();
    assertThat(control.explain(ref("w")).waitingFor()).anySatisfy(w -> assertThat(w).contains(token));
    control.completeActivity(token, Outcome.success(Payload.json("true")));
    control.completeActivity(token, Outcome.success(Payload.json("true")));
    assertRejected(Rejection.Code.LEASE_LOST, () -> control.completeActivity(token, Outcome.success(Payload.json("0"))),
        Rejection.Code.TASK_NOT_FOUND);
    assertRejected(Rejection.Code.INVALID_ARGUMENT, () -> control.completeActivity("x", Outcome.success(Payload.NULL)));
    assertThat(history("w")).endsWith("ActivityScheduled", "ActivityCompleted");
    assertThat(Hand.types(new Hand(pawl).run().events())).contains("ActivityCompleted");
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
}
