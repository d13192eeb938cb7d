package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.engine.store.Checkup;
import dev.pawl.testbed.DatabaseServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows that somebody or something has damaged: the run is blocked, visibly, and everything else goes on. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class CorruptRunTest extends EngineFixture {
  CorruptRunTest(DatabaseServer server) {
    super(server);
  }

  /** What is found of it is asked for by the tests themselves. */
  @Override
  List<Checkup.Damage> damages() {
    return List.of();
  }

  private void sql(String statement) throws SQLException {
    try (var connection = database.dataSource().getConnection(); var s = connection.createStatement()) {
      assertThat(s.executeUpdate(statement)).isPositive();
    }
  }

  private String text(String query) throws SQLException {
    try (var connection = database.dataSource().getConnection(); var s = connection.createStatement();
        var rows = s.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private List<String> blockedAsCorrupt() {
    return control.list("default", "BlockedReason starts with 'CORRUPT'", 10, null).runs().stream()
        .map(ControlApi.RunView::workflowId).toList();
  }

  private long quarantined() {
    return pawl.store().counters().quarantined.sum();
  }

  private long lines(String workflowId, String what) {
    return control.ledger(ref(workflowId), 100).stream().filter(line -> line.what().equals(what)).count();
  }

  @Test
  void aRunWhoseStateCannotBeReadIsBlockedAndGoesOnAfterItsRepair() throws Exception {
    for (String id : List.of("good-1", "bad", "good-2")) control.start(start(id));
    String state = text("select state from pawl_runs where workflow_id = 'bad'");
    sql("update pawl_runs set state = '{\"nonsense' where workflow_id = 'bad'");
    PawlEngine fresh = engine(config -> {});

    assertThat(new Hand(fresh).runs(10)).extracting(WorkerApi.WorkflowTaskGrant::workflowId)
        .containsExactlyInAnyOrder("good-1", "good-2");
    control = fresh.control();
    assertThat(blockedAsCorrupt()).containsExactly("bad");
    assertThat(control.describe(ref("bad")).blockedReason()).startsWith("CORRUPT: ");
    assertThat(control.explain(ref("bad")).displayed()).isEqualTo("BLOCKED");
    assertThat(control.explain(ref("bad")).advice().toString()).contains("backup");
    for (int i = 0; i < 3; i++) {
      assertThat(new Hand(fresh).runs(10)).isEmpty();
      assertRejected(Rejection.Code.RUN_CORRUPT, () -> control.signal(ref("bad"), ControlApi.Message.of("go", null)));
      assertRejected(Rejection.Code.RUN_CORRUPT, () -> control.terminate(ref("bad"), "enough", null));
    }
    assertThat(lines("bad", "RUN_BLOCKED")).as("said once").isEqualTo(1);
    assertThat(fresh.store().counters().quarantined.sum()).as("counted once").isEqualTo(1);

    sql("update pawl_runs set state = '%s' where workflow_id = 'bad'".formatted(state));
    control.unblock(ref("bad"), "restored from the backup");
    Hand hand = new Hand(fresh);
    hand.report(hand.run().token(), 2, true, done("\"end\""));
    assertThat(control.awaitResult(ref("bad"), NOW).outcome()).isEqualTo(Outcome.success(Payload.json("\"end\"")));
  }

  @Test
  void unblockingMakesTheStateAnewFromTheHistory() throws Exception {
    control.start(start("bad"));
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, new Command.StartTimer(1, Duration.ofHours(1)));
    control.pause(ref("bad"), "look first", null);
    sql("update pawl_runs set state = '?', birth = '?', paused = 0 where workflow_id = 'bad'");
    PawlEngine fresh = engine(config -> {});
    control = fresh.control();
    assertRejected(Rejection.Code.RUN_CORRUPT, () -> control.signal(ref("bad"), ControlApi.Message.of("go", null)));
    control.unblock(ref("bad"), "its history is whole");
    assertThat(control.describe(ref("bad")).displayed()).isEqualTo("PAUSED");
    assertThat(lines("bad", "RUN_REFOLDED")).isEqualTo(1);
    control.resume(ref("bad"), "looked", null);
    control.signal(ref("bad"), ControlApi.Message.of("go", null));
    assertThat(Hand.types(new Hand(fresh).run().events())).contains("TimerScheduled", "SignalReceived");
  }

  @Test
  void aHistoryThatWasChangedMakesNoState() throws Exception {
    control.start(start("bad"));
    sql("update pawl_events set data = '{\"requestId\":\"forged\"}' where seq = 1");
    sql("update pawl_runs set state = '?' where workflow_id = 'bad'");
    PawlEngine fresh = engine(config -> {});
    control = fresh.control();
    assertRejected(Rejection.Code.RUN_CORRUPT, () -> control.signal(ref("bad"), ControlApi.Message.of("go", null)));
    assertRejected(Rejection.Code.RUN_CORRUPT, () -> control.unblock(ref("bad"), "hope"));
    assertThat(blockedAsCorrupt()).containsExactly("bad");
  }

  @Test
  void aRunThatNobodyCanRepairCanBeDeleted() throws Exception {
    control.start(start("bad"));
    sql("update pawl_runs set birth = 'nonsense' where workflow_id = 'bad'");
    PawlEngine fresh = engine(config -> {});
    assertRejected(Rejection.Code.RUN_CORRUPT,
        () -> fresh.control().signal(ref("bad"), ControlApi.Message.of("go", null)));
    fresh.control().delete(ref("bad"));
    assertRejected(Rejection.Code.RUN_NOT_FOUND, () -> control.describe(ref("bad")));
    assertThat(fresh.control().start(start("bad")).isNew()).isTrue();
  }

  @Test
  void aWorkerThatHasTheRunIsFencedWhenAnEventCannotBeRead() throws Exception {
    control.start(start("bad"));
    control.start(start("good"));
    Hand hand = new Hand(pawl);
    for (WorkerApi.WorkflowTaskGrant grant : hand.runs(10)) {
      hand.report(grant.token(), 2, true, new Command.StartTimer(1, Duration.ofHours(1)));
    }
    control.signal(ref("bad"), ControlApi.Message.of("go", null));
    control.signal(ref("good"), ControlApi.Message.of("go", null));
    sql("update pawl_events set data = 'x' where seq = 2 and run_id = '%s'".formatted(
        control.describe(ref("bad")).run()));

    Hand other = new Hand(pawl);
    clock.pass(Duration.ofSeconds(2));
    assertThat(other.runs(10)).as("the one is no reason to give nobody anything")
        .extracting(WorkerApi.WorkflowTaskGrant::workflowId).containsExactly("good");
    assertThat(blockedAsCorrupt()).containsExactly("bad");
    assertThat(other.runs(10)).isEmpty();
    assertRejected(Rejection.Code.RUN_CORRUPT, () -> control.history(ref("bad"), 0, 10, NOW));
    assertThat(quarantined()).isEqualTo(1);
    control.terminate(ref("bad"), "not worth a repair", null);
    assertThat(control.describe(ref("bad")).status()).isEqualTo(RunStatus.TERMINATED);
  }

  @Test
  void aMissingEventIsFound() throws Exception {
    control.start(start("bad"));
    sql("delete from pawl_events where seq = 1");
    PawlEngine fresh = engine(config -> {});
    assertThat(new Hand(fresh).runs(10)).isEmpty();
    assertThat(fresh.control().describe(ref("bad")).blockedReason()).contains("event 2 follows 0");
  }

  @Test
  void damagedTimersHoldNoPlaceInFrontOfTheOthers() throws Exception {
    Hand hand = new Hand(pawl);
    for (String id : List.of("bad", "good")) {
      control.start(start(id));
      hand.report(hand.run().token(), 2, true,
          new Command.StartTimer(1, Duration.ofMinutes(id.equals("bad") ? 1 : 2)));
    }
    sql("update pawl_mailbox set data = '[' where owner = '%s'".formatted(control.describe(ref("bad")).run()));
    PawlEngine fresh = engine(config -> {});
    clock.pass(Duration.ofMinutes(3));
    for (int i = 0; i < 3; i++) fresh.tick(clock.instant());
    control = fresh.control();
    assertThat(history("good")).contains("TimerFired");
    assertThat(blockedAsCorrupt()).containsExactly("bad");
    assertThat(lines("bad", "MAIL_SET_ASIDE")).isEqualTo(1);
    assertThat(lines("bad", "RUN_BLOCKED")).isEqualTo(1);
    assertThat(control.explain(ref("bad")).advice().toString()).contains("set aside");
    assertThat(fresh.store().dueMails(1)).isEmpty();
    assertThat(fresh.store().nextDue()).as("nothing waits for the year 9999").isEmpty();

    control.reset(ref("bad"), 2, "its timer is gone", null);
    assertThat(new Hand(fresh).runs(10)).extracting(WorkerApi.WorkflowTaskGrant::workflowId).contains("bad");
  }

  @Test
  void damagedActivitiesHoldNoPlaceInFrontOfTheOthers() throws Exception {
    Hand hand = new Hand(pawl);
    for (String id : List.of("bad", "good")) {
      control.start(start(id));
      hand.report(hand.run().token(), 2, true, activity(1, "charge", RetryPolicy.NEVER));
      clock.pass(Duration.ofSeconds(1));
    }
    sql("update pawl_tasks set data = '[' where workflow_id = 'bad'");
    PawlEngine fresh = engine(config -> {});
    control = fresh.control();
    Hand other = new Hand(fresh);
    assertThat(other.activities(1)).singleElement().satisfies(task -> assertThat(task.workflowId()).isEqualTo("good"));
    assertThat(blockedAsCorrupt()).containsExactly("bad");
    assertThat(lines("bad", "TASK_SET_ASIDE")).isEqualTo(1);

    control.reset(ref("bad"), 3, "its activity is scheduled again from its history", null);
    assertThat(other.activities(10)).singleElement()
        .satisfies(task -> assertThat(task.workflowId()).isEqualTo("bad"));
  }

  @Test
  void whatIsDueForARunThatCannotBeReadHoldsNoPlaceEither() throws Exception {
    Hand hand = new Hand(pawl);
    for (String id : List.of("bad", "good")) {
      control.start(start(id));
      hand.report(hand.run().token(), 2, true, new Command.StartTimer(1, Duration.ofMinutes(1)),
          new Command.ScheduleActivity(2, "charge", null,
              new ActivityOptions("q", null, null, Duration.ofMinutes(1), null, RetryPolicy.NEVER, 5), Map.of()));
    }
    assertThat(hand.activities(10)).hasSize(2);
    sql("update pawl_runs set birth = '?' where workflow_id = 'bad'");
    PawlEngine fresh = engine(config -> {});
    control = fresh.control();
    clock.pass(Duration.ofMinutes(2));
    for (int i = 0; i < 3; i++) fresh.tick(clock.instant());
    assertThat(history("good")).contains("TimerFired", "ActivityTimedOut");
    assertThat(fresh.tick(clock.instant())).as("nothing is tried again and again").isZero();
    assertThat(blockedAsCorrupt()).containsExactly("bad");
  }
}
