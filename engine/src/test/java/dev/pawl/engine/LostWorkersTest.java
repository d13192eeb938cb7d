package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskToken;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Workers that die, leave, forget or come too late. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class LostWorkersTest extends EngineFixture {
  LostWorkersTest(DatabaseServer server) {
    super(server);
  }

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
  void whatADrainingWorkerWasGivenAheadOfItsNextPollIsFreeAtOnce() throws Exception {
    Hand leaving = new Hand(pawl);
    var polled = CompletableFuture.supplyAsync(
        () -> leaving.api.pollWorkflows(leaving.poll("q", 5, Duration.ofSeconds(20))));
    control.start(start("a"));
    assertThat(polled.get(60, TimeUnit.SECONDS)).extracting(WorkerApi.WorkflowTaskGrant::workflowId)
        .containsExactly("a");
    control.start(start("b"));
    TaskToken a = polled.get().getFirst().token();
    leaving.api.heartbeat(new WorkerApi.Heartbeat(leaving.session, 1, "DRAINING", List.of(a), List.of()));
    assertThat(new Hand(pawl).run().workflowId()).isEqualTo("b");
    assertThat(leaving.api.pollWorkflows(leaving.poll("q", 5, Duration.ofSeconds(20)))).isEmpty();
    leaving.report(a, 2, true, done("1"));
    assertThat(control.awaitResult(ref("a"), NOW).outcome()).isEqualTo(Outcome.success(Payload.json("1")));
  }

  @Test
  void aReportOfARevokedLeaseIsLateThoughItsHeirSaidTheSame() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, activity(1, "pay", RetryPolicy.EXPONENTIAL));
    Hand dead = new Hand(pawl);
    ActivityTask lost = dead.activity();

    clock.pass(Duration.ofSeconds(16));
    Hand heir = new Hand(pawl);
    tickUntilQuiet();
    ActivityTask taken = heir.activity();
    assertThat(taken.epoch()).isGreaterThan(lost.epoch());
    assertThat(taken.attempt()).isEqualTo(lost.attempt());
    Outcome paid = Outcome.success(Payload.json("\"paid\""));
    heir.api.completeActivity(taken.token(), heir.session, paid);
    heir.api.completeActivity(taken.token(), heir.session, paid); // the same report gets the same answer

    assertRejected(Rejection.Code.LEASE_LOST, () -> dead.api.completeActivity(lost.token(), dead.session, paid));
    assertThat(control.lateReports(ref("w"), 10)).singleElement()
        .satisfies(late -> assertThat(late.why()).startsWith("lease_lost"));
  }

  @Test
  void aRepeatedReportThatGaveTheRunBackTellsNothingOfWhatCameSince() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    WorkerApi.Report parting = new WorkerApi.Report(hand.run().token(), hand.session, 1, 2,
        List.of(new Command.RecordStep(1, "a", Outcome.success(Payload.json("1")), 1)), true);
    WorkerApi.ReportAck first = hand.api.report(parting);
    assertThat(first.keeps()).isFalse();

    control.signal(ref("w"), ControlApi.Message.of("go", null));
    assertThat(hand.api.report(parting)).isEqualTo(first);
    assertThat(Hand.types(hand.run().events())).containsExactly("SignalReceived");
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

  @Test
  void aSessionMayComeToAnyNodeAndIsTheSameThere() {
    PawlEngine other = engine(config -> {});
    Hand worker = new Hand(pawl, "blue");
    control.start(new ControlApi.Start("default", "w", "Order", "q", null, new StartOptions(null, null,
        Duration.ofSeconds(10), null, Duration.ZERO, 5, "blue", Map.of(), Map.of(), Map.of()),
        ReusePolicy.ALLOW, ConflictPolicy.FAIL, null, null, null));
    List<WorkerApi.WorkflowTaskGrant> grants = other.worker().pollWorkflows(worker.poll("q", 10, Duration.ZERO));
    assertThat(grants).as("the build is known on the other node").hasSize(1);
    TaskToken token = grants.getFirst().token();
    assertThat(other.worker().heartbeat(new WorkerApi.Heartbeat(worker.session, 1, "BUSY", List.of(token), List.of())).lost())
        .isEmpty();
    assertThat(pawl.store().openSession(worker.session)).hasValueSatisfying(session -> {
      assertThat(session.worker()).isEqualTo("hand");
      assertThat(session.buildId()).isEqualTo("blue");
      assertThat(session.capacity()).isEqualTo(100);
    });
    other.worker().close(worker.session);
    assertThat(pawl.store().openSession(worker.session)).isEmpty();
    Hand nobody = new Hand(pawl);
    nobody.api.close(nobody.session);
    assertRejected(Rejection.Code.SESSION_LOST,
        () -> other.worker().pollWorkflows(nobody.poll("q", 10, Duration.ZERO)));
  }
}
