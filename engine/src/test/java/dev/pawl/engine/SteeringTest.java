package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.FailTask;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What operators and clients do to a run. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class SteeringTest extends EngineFixture {
  SteeringTest(DatabaseServer server) {
    super(server);
  }

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
    for (int i = 1; i <= FailTask.MAX_MISFITS; i++) {
      Hand hand = new Hand(pawl);
      hand.api.fail(hand.run().token(), hand.session, Failure.of(Failure.HISTORY_DIVERGED, "event 3 is a timer"));
      assertThat(hand.runs(10)).isEmpty();
      assertThat(control.explain(ref("w")).summary()).contains("event 3 is a timer");
      clock.pass(Duration.ofMinutes(6));
    }
    assertThat(control.explain(ref("w")).displayed()).isEqualTo("BLOCKED");
    control.unblock(ref("w"), "deployed");
    assertThat(new Hand(pawl).run().workflowId()).isEqualTo("w");
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

  @Test
  void anUpdateIsTheSameUpdateAfterContinueAsNew() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true);
    ControlApi.Message add = new ControlApi.Message("u-1", "add", Payload.json("2"), Map.of());
    control.update(ref("w"), add);
    hand.report(hand.run().token(), 2, true, new Command.AcceptUpdate("u-1"),
        new Command.CompleteUpdate("u-1", Outcome.success(Payload.json("3"))),
        new Command.ContinueAsNew(null, null, null, Map.of(), Map.of(), List.of()));
    assertThat(control.update(ref("w"), add)).isEqualTo("u-1");
    assertThat(control.awaitUpdate(ref("w"), "u-1", NOW)).isEqualTo(Outcome.success(Payload.json("3")));
    assertThat(hand.run().updates()).isEmpty();
    assertRejected(Rejection.Code.REQUEST_CONFLICT, () -> control.update(ref("w"),
        new ControlApi.Message("u-1", "add", Payload.json("7"), Map.of())));
  }

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

  @Test
  void findsARunThatNothingWouldEverMove() throws Exception {
    control.start(start("sound"));
    control.start(start("broken"));
    Hand hand = new Hand(pawl);
    for (WorkerApi.WorkflowTaskGrant grant : hand.runs(10)) {
      hand.report(grant.token(), 2, true, activity(1, "charge", dev.pawl.core.value.RetryPolicy.NEVER));
    }
    assertThat(pawl.verify()).isEmpty();
    try (var connection = database.dataSource().getConnection(); var statement = connection.createStatement()) {
      assertThat(statement.executeUpdate("delete from pawl_tasks where workflow_id = 'broken'")).isEqualTo(1);
    }
    assertThat(pawl.verify()).singleElement().satisfies(finding -> assertThat(finding.what()).contains("step 1"));
    control.terminate(ref("broken"), "mended by hand", null);
  }
}
