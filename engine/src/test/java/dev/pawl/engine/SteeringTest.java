package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.FailTask;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.run.StartOptions;
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
  void unblocksManyThatOneBadDeployBlocked() {
    for (String id : List.of("a", "b", "other")) control.start(start(id));
    for (int i = 1; i <= FailTask.MAX_MISFITS; i++) {
      Hand hand = new Hand(pawl);
      for (WorkerApi.WorkflowTaskGrant grant : hand.runs(10)) {
        if (!grant.workflowId().equals("other")) {
          hand.api.fail(grant.token(), hand.session, Failure.of(Failure.HISTORY_DIVERGED, "event 3 is a timer"));
        }
      }
      clock.pass(Duration.ofMinutes(6));
    }
    control.block(ref("other"), "look first");
    String diverged = "BlockedReason starts with 'HistoryDiverged' and Status = 'BLOCKED'";
    assertThat(control.count("default", "BlockedReason is not null")).isEqualTo(3);
    ControlApi.BulkReport look = control.bulk(unblocking(diverged, true));
    assertThat(look.matched()).isEqualTo(2);
    assertThat(look.done()).isZero();
    assertThat(look.sample()).hasSize(2);
    assertThat(new Hand(pawl).runs(10)).as("a dry run").isEmpty();

    ControlApi.BulkReport done = control.bulk(unblocking(diverged, false));
    assertThat(done.done()).isEqualTo(2);
    assertThat(done.failed()).isEmpty();
    assertThat(new Hand(pawl).runs(10)).extracting(WorkerApi.WorkflowTaskGrant::workflowId)
        .containsExactlyInAnyOrder("a", "b");
    assertThat(control.describe(ref("other")).blockedReason()).isEqualTo("look first");
  }

  private static ControlApi.Bulk unblocking(String filter, boolean dryRun) {
    return new ControlApi.Bulk(
        "default", filter, ControlApi.Bulk.Action.UNBLOCK, "the fixed code is deployed", null, 100, dryRun);
  }

  @Test
  void whoIsTerminatedListsTheSignalsThatNobodyHeard() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    control.signal(ref("w"), new ControlApi.Message("heard", "go", null, Map.of()));
    hand.report(hand.run().token(), 3, true, new Command.StartTimer(1, Duration.ofHours(1)));
    control.signal(ref("w"), new ControlApi.Message("unheard", "go", null, Map.of()));
    control.terminate(ref("w"), "enough", null);
    assertThat(control.history(ref("w"), 0, 100, NOW).getLast().fact())
        .isEqualTo(new RunEvent.WorkflowTerminated("enough", List.of("unheard")));
  }

  @Test
  void aRunThatRanOutOfItsTimeStartsOver() {
    control.start(timed("w", new RetryPolicy(new Backoff.Delays(List.of(Duration.ofSeconds(10))), 2, List.of())));
    control.signal(ref("w"), new ControlApi.Message("unheard", "go", null, Map.of()));
    clock.pass(Duration.ofMinutes(1));
    tickUntilQuiet();
    assertThat(control.runs("default", "w")).extracting(ControlApi.RunView::status)
        .containsExactly(RunStatus.CONTINUED, RunStatus.RUNNING);
    assertThat(history("w")).containsExactly("StartAccepted", "WorkflowStarted", "SignalReceived");
    clock.pass(Duration.ofMinutes(2));
    tickUntilQuiet();
    assertThat(control.awaitResult(ref("w"), NOW).status()).isEqualTo(RunStatus.TIMED_OUT);
  }

  private static ControlApi.Start timed(String id, RetryPolicy retry) {
    StartOptions options = new StartOptions(
        null, Duration.ofMinutes(1), Duration.ofSeconds(10), retry, Duration.ZERO, 5, null, Map.of(), Map.of(), Map.of());
    return new ControlApi.Start("default", id, "Order", "q", null, options, ReusePolicy.ALLOW, ConflictPolicy.FAIL, null,
        null, null);
  }

  private static ControlApi.Start starting(String id, String requestId, ControlApi.Message update) {
    return new ControlApi.Start("default", id, "Order", "q", null, StartOptions.PLAIN, ReusePolicy.ALLOW,
        ConflictPolicy.FAIL, requestId, null, update);
  }

  @Test
  void aRepeatedStartIsAnsweredWithTheNumberOfItsOwnRun() {
    ControlApi.Started first = control.start(starting("w", "r-1", null));
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true,
        new Command.ContinueAsNew(null, null, null, Map.of(), Map.of(), List.of()));
    ControlApi.Started again = control.start(starting("w", "r-1", null));
    assertThat(again.run()).isEqualTo(first.run());
    assertThat(again.runNumber()).isEqualTo(1);
    assertThat(again.isNew()).isFalse();
  }

  @Test
  void anUpdateThatComesWithAStartCountsOnce() {
    ControlApi.Message add = new ControlApi.Message("u-1", "add", Payload.json("2"), Map.of());
    ControlApi.Start both = starting("w", null, add);
    ControlApi.Started first = control.start(both);
    assertThat(first.updateId()).isEqualTo("u-1");
    assertThat(control.start(both).run()).isEqualTo(first.run());
    assertThat(control.update(ref("w"), add)).isEqualTo("u-1");
    Hand hand = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant grant = hand.run();
    assertThat(grant.updates()).hasSize(1);
    hand.report(grant.token(), 2, true, new Command.AcceptUpdate("u-1"),
        new Command.CompleteUpdate("u-1", Outcome.success(Payload.json("3"))), done("\"end\""));
    ControlApi.Started late = control.start(both);
    assertThat(late.run()).as("also when its run has ended").isEqualTo(first.run());
    assertThat(late.isNew()).isFalse();
    assertThat(control.awaitUpdate(ref("w"), "u-1", NOW)).isEqualTo(Outcome.success(Payload.json("3")));
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
