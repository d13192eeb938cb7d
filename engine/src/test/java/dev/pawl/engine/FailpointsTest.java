package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds when a node breaks at a crash point: the caller repeats itself, and everything counts once. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class FailpointsTest extends EngineFixture {
  FailpointsTest(DatabaseServer server) {
    super(server);
  }

  @AfterEach
  void disarm() {
    Failpoint.disarmAll();
  }

  /** Breaks whatever reaches the point, then lets the same thing be tried again. */
  private static void broken(Failpoint point, Runnable act) {
    point.arm(Failpoint.Act.THROW, 0);
    assertThatThrownBy(act::run).isInstanceOf(RuntimeException.class);
    assertThat(point.acted()).isPositive();
    Failpoint.disarmAll();
    act.run();
  }

  @ParameterizedTest
  @EnumSource(names = {"START_BEFORE_COMMIT", "START_BEFORE_REPLY", "COMMIT_BEFORE", "COMMIT_BEFORE_ANSWER"})
  void aStartThatIsRepeatedStartsOneRun(Failpoint point) {
    ControlApi.Start start = new ControlApi.Start("default", "w", "Order", "q", Payload.json("1"), StartOptions.PLAIN,
        ReusePolicy.ALLOW, ConflictPolicy.FAIL, "request", null, null);
    broken(point, () -> control.start(start));
    assertThat(control.runs("default", "w")).hasSize(1);
    assertThat(new Hand(pawl).runs(10)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"COMMIT_BEFORE", "COMMIT_BEFORE_ANSWER"})
  void aReportThatIsRepeatedIsRecordedOnce(Failpoint point) {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant grant = hand.run();
    WorkerApi.Report report = new WorkerApi.Report(grant.token(), hand.session, 1, 2,
        List.of(new Command.RecordStep(1, "a", Outcome.success(Payload.json("1")), 1),
            activity(2, "charge", RetryPolicy.NEVER)), false);
    WorkerApi.ReportAck[] ack = new WorkerApi.ReportAck[1];
    broken(point, () -> ack[0] = hand.api.report(report));
    assertThat(Hand.types(ack[0].own())).containsExactly("StepCompleted", "ActivityScheduled");
    assertThat(ack[0].keeps()).isTrue();
    assertThat(history("w")).containsExactly("StartAccepted", "WorkflowStarted", "StepCompleted", "ActivityScheduled");
    assertThat(hand.activities(10)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"MAIL_BEFORE", "MAIL_AFTER", "COMMIT_BEFORE", "COMMIT_BEFORE_ANSWER"})
  void aTimerWhoseDeliveryBreaksFiresOnce(Failpoint point) {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, new Command.StartTimer(1, Duration.ofSeconds(5)));
    tickUntilQuiet();
    clock.pass(Duration.ofSeconds(5));
    point.arm(Failpoint.Act.THROW, 0);
    try {
      pawl.tick(clock.instant());
    } catch (Failpoint.Reached expected) {
      // A loop would log it and go on.
    }
    assertThat(point.acted()).isPositive();
    Failpoint.disarmAll();
    tickUntilQuiet();
    assertThat(history("w")).endsWith("TimerScheduled", "TimerFired");
    assertThat(history("w")).filteredOn("TimerFired"::equals).hasSize(1);
    assertThat(hand.runs(10)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"REVOKE_BEFORE", "REVOKE_AFTER", "COMMIT_BEFORE", "COMMIT_BEFORE_ANSWER"})
  void aRevocationThatBreaksHappensOnce(Failpoint point) {
    control.start(start("w"));
    new Hand(pawl).run();
    clock.pass(Duration.ofSeconds(16));
    pawl.store().expireSessions();
    point.arm(Failpoint.Act.THROW, 0);
    try {
      pawl.tick(clock.instant());
    } catch (Failpoint.Reached expected) {
      // A loop would log it and go on.
    }
    assertThat(point.acted()).isPositive();
    Failpoint.disarmAll();
    tickUntilQuiet();
    assertThat(control.ledger(ref("w"), 10)).filteredOn(line -> line.what().equals("LEASE_REVOKED")).hasSize(1);
    assertThat(new Hand(pawl).runs(10)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"GRANT_BEFORE_REPLY", "CLAIM_AFTER_TAKEOVER"})
  void aGrantThatNeverArrivesIsTakenBack(Failpoint point) {
    control.start(start("w"));
    Hand deaf = new Hand(pawl);
    point.arm(Failpoint.Act.THROW, 0);
    assertThatThrownBy(() -> deaf.runs(1)).isInstanceOf(Failpoint.Reached.class);
    Failpoint.disarmAll();
    for (int i = 0; i < 4; i++) {
      clock.pass(Duration.ofSeconds(5));
      deaf.beat(); // lists nothing
    }
    Hand next = new Hand(pawl);
    assertThat(next.runs(10)).hasSize(1);
  }

  @Test
  void aHeartbeatThatBreaksHalfwayIsSentAgain() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant grant = hand.run();
    clock.pass(Duration.ofSeconds(14));
    Failpoint.HEARTBEAT_HALF.arm(Failpoint.Act.THROW, 0);
    assertThatThrownBy(() -> hand.beat(grant.token())).isInstanceOf(Failpoint.Reached.class);
    Failpoint.disarmAll();
    clock.pass(Duration.ofSeconds(14));
    tickUntilQuiet();
    assertThat(hand.beat(grant.token()).lost()).isEmpty();
    hand.report(grant.token(), 2, true, done("1"));
  }

  @Test
  void pruningThatBreaksBetweenSlicesLeavesWholeRuns() {
    for (int i = 0; i < 5; i++) {
      control.start(start("w-" + i));
      control.terminate(ref("w-" + i), "enough", null);
    }
    tickUntilQuiet();
    clock.pass(Duration.ofDays(31));
    Failpoint.PRUNE_BETWEEN.arm(Failpoint.Act.THROW, 0);
    assertThatThrownBy(() -> pawl.tick(clock.instant())).isInstanceOf(Failpoint.Reached.class);
    Failpoint.disarmAll();
    tickUntilQuiet();
    assertThat(control.count("default", "")).isZero();
    assertThat(control.start(start("w-1")).isNew()).isTrue();
  }
}
