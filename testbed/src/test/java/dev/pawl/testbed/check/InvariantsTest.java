package dev.pawl.testbed.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.check.Operation.Kind;
import dev.pawl.testbed.check.Operation.Phase;
import dev.pawl.testbed.ledger.EffectCall;
import dev.pawl.testbed.ledger.LedgerEntry;
import dev.pawl.testbed.ledger.LedgerFile;
import dev.pawl.testbed.ledger.Rule;
import dev.pawl.testbed.ledger.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each invariant finds what it is for, and finds nothing where nothing is wrong. */
class InvariantsTest {
  private static final UUID ORDER = Planted.id(1);
  private static final UUID SHIP = Planted.id(2);
  private static final UUID OLD = Planted.id(3);
  private static final UUID OPEN = Planted.id(4);
  private static final UUID HELD = Planted.id(5);
  private static final UUID BLOCKED = Planted.id(6);
  private static final UUID RESET = Planted.id(7);
  private static final UUID AGAIN = Planted.id(8);
  private static final UUID SESSION = Planted.id(100);
  private static final long NOW = 1_000_000_000_000L;

  static Stream<DatabaseServer> servers() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whereNothingIsWrongNothingIsFound(DatabaseServer server) {
    Planted planted = clean(server);
    try (Evidence evidence = everything(planted, log(), ledger()).open()) {
      Findings findings = Checker.ofEverything().check(evidence);
      assertThat(findings.violations()).isEmpty();
      assertThat(findings.histories()).isEqualTo(11);
      assertThat(findings.events()).isEqualTo(67);
    }
  }

  // ---- what is wrong in the database

  static Stream<Arguments> wrongRows() {
    return Stream.of(
        // The acknowledged signal, start and update were lost.
        wrong("I1", "delete from pawl_events where type = 'SignalReceived' and run_id = '%s'".formatted(ORDER), "signal 's-1'"),
        wrong("I1", "delete from pawl_runs where run_id = '%s'".formatted(HELD), "start 'start-held-1'"),
        wrong("I1", "delete from pawl_updates", "update 'u-1'", "delete from pawl_events where type like 'Update%'"),
        // A request started two runs.
        wrong("I2", "update pawl_events set data = '{\"requestId\": \"start-order-1\"}' where run_id = '%s' and seq = 1"
            .formatted(BLOCKED), "it started", "update pawl_runs set workflow_id = 'order-1' where run_id = '%s'".formatted(BLOCKED)),
        // A signal was received twice; two signals changed places.
        wrong("I3", "update pawl_events set type = 'SignalReceived', data = '{\"signalId\": \"s-1\"}' where run_id = '%s' and seq = 13"
            .formatted(ORDER), "signal 's-1' of order-1"),
        wrong("I3", "update pawl_events set data = '{\"signalId\": \"s-2\"}' where seq = 9 and run_id = '%s'".formatted(ORDER),
            "in front of 's-1'", "update pawl_events set data = '{\"signalId\": \"s-1\"}' where seq = 10 and run_id = '%s'"
            .formatted(ORDER)),
        wrong("I4", "update pawl_events set data = '{\"signalId\": \"refused\"}' where seq = 9 and run_id = '%s'".formatted(ORDER),
            "signal 'refused' of order-1: it was refused"),
        // A hole, a clock that went back, more seen than there was, a wrong count.
        wrong("I5", "update pawl_events set seq = 99 where seq = 5 and run_id = '%s'".formatted(ORDER), "expected event 5"),
        wrong("I5", "update pawl_events set at = 1 where seq = 5 and run_id = '%s'".formatted(ORDER), "is older"),
        wrong("I5", "update pawl_events set seen = 50 where seq = 5 and run_id = '%s'".formatted(ORDER), "comes later"),
        wrong("I5", "update pawl_runs set last_seq = 3 where run_id = '%s'".formatted(ORDER), "its row says 3 events"),
        wrong("I5", "delete from pawl_events where run_id = '%s'".formatted(BLOCKED), "expected StartAccepted"),
        // Half of a report came later; a step was asked for twice.
        wrong("I6", "update pawl_events set commit_id = 3 where seq = 12 and run_id = '%s'".formatted(ORDER), "goes on at event 12"),
        wrong("I6", "update pawl_events set type = 'TimerScheduled', data = '{\"step\": 2, \"fireAt\": 1}' where seq = 6 and run_id = '%s'"
            .formatted(ORDER), "step 2 is asked for"),
        wrong("I7", "update pawl_runs set status = 'RUNNING' where run_id = '%s'".formatted(OLD), "is open too"),
        wrong("I7", "update pawl_runs set run_number = 1 where run_id = '%s'".formatted(OPEN), "has number 1 too"),
        wrong("I7", "update pawl_chains set run_id = '%s' where workflow_id = 'sub-1'".formatted(OLD), "the chain points to"),
        wrong("I7", "delete from pawl_chains where workflow_id = 'sub-1'", "is in no chain"),
        wrong("I7", "delete from pawl_runs where run_id = '%s'".formatted(OPEN), "which is not there"),
        wrong("I8", "update pawl_runs set status = 'FAILED' where run_id = '%s'".formatted(ORDER), "its status is FAILED"),
        wrong("I8", "update pawl_runs set status = 'RUNNING' where run_id = '%s'".formatted(ORDER), "it is open and ended"),
        wrong("I8", "update pawl_events set type = 'WorkflowFailed' where seq = 4 and run_id = '%s'".formatted(ORDER),
            "expected one closing event"),
        wrong("I9", "update pawl_events set data = '{\"step\": 77, \"attempt\": 2}' where type = 'ActivityCompleted'",
            "no activity is open at step 77"),
        wrong("I9", "update pawl_events set type = 'ChildRunFailed' where type = 'ChildRunStarted'", "no child is open at step 4"),
        wrong("I9", "update pawl_events set type = 'UpdateCompleted' where type = 'UpdateAccepted'", "update 'u-1' is not open"),
        wrong("I9", "update pawl_events set type = 'MemoUpserted' where type = 'ChildWorkflowScheduled' and run_id = '%s'"
            .formatted(ORDER), "a parent that asked for no child"),
        wrong("I9", "update pawl_events set type = 'ChildRunFailed', data = '{\"step\": 4}' where type = 'ChildRunCompleted' "
            + "and run_id = '%s'".formatted(ORDER), "began, and its parent heard that it did not"),
        wrong("I10", "update pawl_events set data = '{\"step\": 2, \"attempt\": 1}' where type = 'ActivityCompleted'",
            "attempt 2 was made, history tells of 1"),
        wrong("I10", "delete from pawl_events where type like 'Activity%%' and run_id = '%s'".formatted(ORDER),
            "its history knows no step 2"),
        wrong("I10", "delete from pawl_transitions", "the ledger was called 4 times"),
        wrong("I11", "update pawl_events set at = 4500 where type = 'TimerFired' and run_id = '%s'".formatted(ORDER),
            "500 us before timer 3 is due"),
        wrong("I11", "update pawl_events set type = 'TimerFired', data = '{\"step\": 3}' where type = 'ExternalDelivered'",
            "timer 3 is not set"),
        wrong("I12", "update pawl_events set data = '{\"step\": 2, \"attempt\": 3}' where type = 'ActivityCompleted'",
            "the outcome of attempt 3, after attempt 1"),
        wrong("I12", "insert into pawl_step_results values ('%s', 2)".formatted(ORDER), "the work of step 2 is committed"),
        wrong("I15", "update pawl_runs set session = null where run_id = '%s'".formatted(HELD), "it is LEASED and its session is null"),
        wrong("I15", "update pawl_tasks set session = '%s'".formatted(SESSION), "it is WAITING and its session is"),
        wrong("I15", "insert into pawl_transitions values ('%s', 2, 9, 1, 2, 1, 'LEASE_REVOKED')".formatted(ORDER), "revoked twice"),
        wrong("I17", "update pawl_late_reports set epoch = 99", "the newest is 3"),
        wrong("I17", "update pawl_late_reports set epoch = 3", "its holder's report was turned away"),
        wrong("I18", "update pawl_runs set epoch = 1 where run_id = '%s'".formatted(HELD), "its epoch is 1, and 2 was given out"),
        wrong("I18", "insert into pawl_transitions values ('%s', 9, 9, 1, 0, 1, 'LEASE_REVOKED')".formatted(HELD),
            "epoch 1 comes after epoch 2"),
        wrong("I18", "update pawl_runs set epoch = 0 where run_id = '%s'".formatted(ORDER), "its epoch is 0, and 1 was given out"),
        wrong("I19", "update pawl_tasks set run_id = '%s'".formatted(ORDER), "has an open activity"),
        wrong("I19", "update pawl_mailbox set owner = '%s' where item = 'timer/2'".formatted(SHIP), "has an open timer/2"),
        wrong("I19", "update pawl_updates set phase = 'ACCEPTED'", "has an open update"),
        wrong("I19", "delete from pawl_runs where run_id = '%s'".formatted(BLOCKED), "it is not there, and has rows in pawl_events"),
        wrong("I19", "insert into pawl_search_attributes values ('%s', 'Total')".formatted(Planted.id(66)),
            "it is not there, and has rows in pawl_search_attributes"),
        wrong("I22", "update pawl_events set data = '{\"step\":1,\"name\":\"reserve\",\"result\":2}' where seq = 3 and run_id = '%s'"
            .formatted(ORDER), "its history hashes to"),
        wrong("I22", "delete from pawl_events where seq = 17 and run_id = '%s'".formatted(ORDER), "its history hashes to"),
        wrong("I24", "delete from user_orders where workflow_id = 'held-1'", "its caller's transaction never committed"),
        wrong("I24", "insert into user_orders values ('held-2')", "it was never started"),
        wrong("I25", "delete from pawl_events where type = 'SignalReceived' and run_id = '%s'".formatted(OPEN),
            "signal 'late' at 4 was never looked at"),
        wrong("I25", "update pawl_events set seen = 8 where seq >= 12 and run_id = '%s'".formatted(ORDER),
            "signal 's-1' at 9 was never looked at"),
        wrong("I25", "update pawl_events set data = '{\"reason\":\"x\"}' where type = 'WorkflowTerminated'",
            "signal 'unheard' at 3 was never looked at"),
        // A lost wake-up, and everything that can get lost beside a run.
        wrong("I31", "update pawl_runs set seen = 2 where run_id = '%s'".formatted(OPEN), "it is IDLE"),
        wrong("I31", "update pawl_runs set admitted = 1 where run_id = '%s'".formatted(OPEN), "1 updates wait"),
        wrong("I31", "delete from pawl_tasks", "the activity at step 1 is open, and has no task"),
        wrong("I31", "delete from pawl_mailbox where item = 'timer/2'", "its timer at step 2 is open"),
        wrong("I31", "delete from pawl_mailbox where item = 'deadline/execution'", "its execution deadline is open"),
        wrong("I31", "delete from pawl_mailbox where item = 'child/3/start'", "its child at step 3 was not started"),
        wrong("I31", "delete from pawl_mailbox where item = 'external/4'", "its message at step 4 is open"),
        wrong("I31", "delete from pawl_mailbox where item = 'parent/ended'", "and the word of it got lost"),
        wrong("I31", "update pawl_runs set reason = ' ' where run_id = '%s'".formatted(BLOCKED), "BLOCKED for no reason"),
        wrong("I31", "update pawl_sessions set ended_as = 'LOST'", "which is dead"),
        wrong("I31", "update pawl_sessions set expires_at = 1", "which is dead"),
        wrong("I31", "update pawl_runs set phase = 'READY', session = null where run_id = '%s'".formatted(HELD), "READY for too long"),
        wrong("I31", "update pawl_mailbox set due = 1 where item = 'timer/2'", "it is overdue"),
        wrong("I31", "update pawl_tasks set visible_at = 1", "it has been waiting for too long"),
        wrong("I31", "update pawl_tasks set deadline_at = 1", "its deadline has passed"),
        wrong("I35", "update pawl_runs set failures = 11 where run_id = '%s'".formatted(OPEN), "11 failures in a row, and it is IDLE"));
  }

  private static Arguments wrong(String invariant, String sql, String detail, String... more) {
    return Arguments.of(invariant, sql, detail, more);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("wrongRows")
  void findsWhatIsWrongInTheDatabase(String invariant, String sql, String detail, String[] more) {
    Planted planted = clean(Databases.sqlite());
    planted.run(sql);
    for (String one : more) planted.run(one);
    try (Evidence evidence = everything(planted, log(), ledger()).open()) {
      assertThat(Invariants.byId(invariant).check(evidence)).isNotEmpty()
          .anySatisfy(violation -> assertThat(violation.toString()).contains(detail));
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void findsItOnEveryDatabase(DatabaseServer server) {
    Planted planted = clean(server);
    planted.run("update pawl_runs set seen = 2 where run_id = '%s'".formatted(OPEN));
    planted.run("update pawl_events set data = '{}' where type = 'MemoUpserted'");
    planted.run("delete from pawl_mailbox where item = 'timer/2'");
    try (Evidence evidence = everything(planted, log(), ledger()).open()) {
      assertThat(Checker.ofEverything().check(evidence).violations()).extracting(Violation::invariant)
          .contains("I6", "I22", "I31");
    }
  }

  // ---- what is wrong in the ledger

  @Test
  void findsEffectsThatHistoriesDoNotTellOf() {
    assertThat(withLedger(Rule.IDEMPOTENT, entry(Verdict.APPLIED, 2, "charge", 2, 2, "w2")))
        .anyMatch(found -> found.contains("I10") && found.contains("the ledger applied it 2 times"));
    assertThat(withLedger(Rule.IDEMPOTENT, entry(Verdict.APPLIED, 9, "ghost", 1, 1, "w2")))
        .anyMatch(found -> found.contains("its history knows no step 9"));
    // A step that ran in another worker although nobody lost it; but what one worker tries in place, history need not know.
    assertThat(withLedger(Rule.IDEMPOTENT, entry(Verdict.DUPLICATE, 1, "reserve", 1, 1, "w1"),
        entry(Verdict.DUPLICATE, 1, "reserve", 1, 1, "w1"))).anyMatch(found -> found.contains("the ledger was called"));
    assertThat(withLedger(Rule.IDEMPOTENT, entry(Verdict.DUPLICATE, 1, "reserve", 2, 1, "w1"),
        entry(Verdict.DUPLICATE, 1, "reserve", 3, 1, "w1"))).noneMatch(found -> found.contains("I10"));
    assertThat(withLedger(Rule.IDEMPOTENT, entry(Verdict.DUPLICATE, 2, "refund", 1, 1, "w1")))
        .anyMatch(found -> found.contains("the key of this step is default/%s/2:charge".formatted(ORDER)));
    assertThat(withLedger(Rule.IDEMPOTENT, entry(Verdict.DUPLICATE, 2, "charge", 2, 2, "w3")))
        .anyMatch(found -> found.contains("I15") && found.contains("w2 and w3 both worked under it"));
    assertThat(withLedger(Rule.FENCED, entry(Verdict.APPLIED, 2, "charge", 1, 1, "w1")))
        .anyMatch(found -> found.contains("I18") && found.contains("epoch 1 was applied after epoch 2"));
    assertThat(withLedger(Rule.IDEMPOTENT, note("grant", 0, 1, "w1"), note("grant", 0, 1, "w2")))
        .anyMatch(found -> found.contains("I15") && found.contains("it was granted to w1 and to w2"));
    assertThat(withLedger(Rule.IDEMPOTENT, note("grant", 0, 1, "w1"), note("grant", 0, 2, "w2"),
        note("report", 1, 1, "w1"), note("accepted", 1, 1, "w1")))
        .anyMatch(found -> found.contains("I17") && found.contains("it was accepted, and epoch 2 had been granted before"));
    // Sent before the newer lease was granted, answered after: nothing is wrong.
    assertThat(withLedger(Rule.IDEMPOTENT, note("grant", 0, 1, "w1"), note("report", 1, 1, "w1"),
        note("grant", 0, 2, "w2"), note("accepted", 1, 1, "w1"))).isEmpty();
    try (Evidence evidence = everything(clean(Databases.sqlite()), log(), LedgerFile.EMPTY).open()) {
      assertThat(Invariants.byId("I10").check(evidence)).extracting(Violation::detail)
          .contains("its history says it succeeded, the ledger applied it 0 times");
    }
  }

  private static List<String> withLedger(Rule rule, LedgerEntry... more) {
    var entries = new ArrayList<>(ledger().entries());
    entries.addAll(List.of(more));
    try (Evidence evidence = everything(clean(Databases.sqlite()), log(), new LedgerFile(entries))
        .ledger(new LedgerFile(entries), rule, Set.of("reserve", "charge")).open()) {
      return Checker.ofEverything().check(evidence).violations().stream().map(Violation::toString).toList();
    }
  }

  // ---- what is wrong in the answers

  @Test
  void findsAnswersThatContradictEachOther() {
    assertThat(withLog(op("c1", Phase.INVOKE, Kind.SIGNAL, "order-1", "s-1", ""),
        op("c1", Phase.FAIL, Kind.SIGNAL, "order-1", "s-1", ""))).anyMatch(found -> found.startsWith("OP1"));
    assertThat(withLog(op("c1", Phase.INVOKE, Kind.START, "order-1", "start-order-1", ""),
        op("c1", Phase.OK, Kind.START, "order-1", "start-order-1", OPEN.toString()))).anyMatch(found -> found.startsWith("I2"));
    assertThat(withLog(op("c1", Phase.INVOKE, Kind.SIGNAL, "order-1", "s-9", ""),
        op("c1", Phase.INFO, Kind.SIGNAL, "order-1", "s-9", ""))).anyMatch(found -> found.startsWith("OP2"));
    assertThat(withLog(op("c1", Phase.INVOKE, Kind.SIGNAL, "order-1", "s-9", "")))
        .anyMatch(found -> found.startsWith("OP2"));
    assertThat(withLog(op("c1", Phase.INVOKE, Kind.DELETE, "order-1", "erase", ""),
        op("c1", Phase.OK, Kind.DELETE, "order-1", "erase", ORDER.toString())))
        .anyMatch(found -> found.contains("it was acknowledged, and run %s is still there".formatted(ORDER)));
    assertThat(withLog(op("c1", Phase.INVOKE, Kind.RESET, "order-1", "again", ""),
        op("c1", Phase.OK, Kind.RESET, "order-1", "again", ORDER.toString())))
        .anyMatch(found -> found.startsWith("I1 ") && found.contains("it was acknowledged, and did not happen"));
    // Gone because somebody asked for it; what is gone for no reason is lost.
    UUID gone = Planted.id(77);
    Operation[] started = {op("c1", Phase.INVOKE, Kind.START, "gone", "s", ""),
      op("c1", Phase.OK, Kind.START, "gone", "s", gone.toString())};
    assertThat(withLog(started)).anyMatch(found -> found.startsWith("I1 "));
    assertThat(withLog(started[0], started[1], op("c1", Phase.INVOKE, Kind.DELETE, "gone", "erase", ""),
        op("c1", Phase.OK, Kind.DELETE, "gone", "erase", gone.toString()))).isEmpty();
    assertThat(withLog(started[0], started[1], op("c1", Phase.INVOKE, Kind.DELETE, "gone", "erase", ""),
        op("c1", Phase.OK, Kind.DELETE, "gone", "erase", gone.toString()), started[0],
        op("c1", Phase.OK, Kind.START, "gone", "s", Planted.id(78).toString()))).isEmpty();
    var completed = op("c1", Phase.OK, Kind.RESULT, "order-1", "", ORDER.toString());
    var failed = new Operation(99, Instant.EPOCH, "c1", Phase.OK, Kind.RESULT, "default", "order-1", "",
        ORDER.toString(), "FAILED");
    assertThat(withLog(completed, failed)).anyMatch(found -> found.contains("it ended as '', and later as 'FAILED'"));
  }

  @Test
  void judgesARound() {
    try (Evidence evidence = everything(clean(Databases.sqlite()), log(), ledger()).open()) {
      Findings clean = Checker.ofEverything().check(evidence);
      assertThat(RoundVerdict.of(clean, log(), 5, List.of()).colour()).isEqualTo(RoundVerdict.Colour.GREEN);
      assertThat(RoundVerdict.of(clean, log(), 1_000, List.of()).summary())
          .startsWith("VOID: requests {fail=1, ok=7}, 11 histories with 67 events")
          .contains("only 7 of at least 1000 requests were acknowledged");
      assertThat(RoundVerdict.of(clean, log(), 5, List.of("freeze direction=both")).reasons())
          .containsExactly("a fault never fired: freeze direction=both");
      var red = new Findings(clean.invariants(), 11, 67, List.of(new Violation("I1", "x", "y")));
      assertThat(RoundVerdict.of(red, log(), 5, List.of()).colour()).isEqualTo(RoundVerdict.Colour.RED);
    }
  }

  @Test
  void everyInvariantIsTried() {
    Set<String> tried = wrongRows().map(arguments -> (String) arguments.get()[0])
        .collect(Collectors.toCollection(TreeSet::new));
    tried.addAll(List.of("OP1", "OP2"));
    assertThat(tried).isEqualTo(
        Invariants.ALL.stream().map(Invariant::id).collect(Collectors.toCollection(TreeSet::new)));
  }

  private static List<String> withLog(Operation... more) {
    var log = new ArrayList<>(log());
    log.addAll(List.of(more));
    try (Evidence evidence = everything(clean(Databases.sqlite()), log, ledger()).open()) {
      return Checker.ofEverything().check(evidence).violations().stream().map(Violation::toString).toList();
    }
  }

  // ---- a world in which nothing is wrong

  private static Evidence.Builder everything(Planted planted, List<Operation> log, LedgerFile ledger) {
    return planted.evidence()
        .operations(log)
        .ledger(ledger, Rule.IDEMPOTENT, Set.of("reserve", "charge"))
        .outbox(new Evidence.Outbox("select workflow_id from user_orders", "default", "held-"))
        .now(Instant.EPOCH.plusNanos(NOW * 1_000))
        .quiet(Duration.ofSeconds(30));
  }

  private static Planted clean(DatabaseServer server) {
    var planted = new Planted(server.fresh());
    planted.story(1, "order-1").started("")
        .report("StepCompleted", "{'step': 1, 'name': 'reserve'}")
        .also("ActivityScheduled", "{'step': 2, 'activityType': 'charge'}")
        .also("TimerScheduled", "{'step': 3, 'fireAt': 5000}")
        .also("ChildWorkflowScheduled", "{'step': 4, 'workflowId': 'ship-1'}")
        .also("SignalExternalScheduled", "{'step': 5, 'workflowId': 'stock'}")
        .event("TimerFired", "{'step': 3}")
        .event("SignalReceived", "{'signalId': 's-1'}")
        .event("SignalReceived", "{'signalId': 's-2'}")
        .event("ActivityRetryScheduled", "{'step': 2, 'attempt': 1}")
        .report("MemoUpserted", "{'step': 6}")
        .also("UpdateAccepted", "{'updateId': 'u-1'}")
        .also("UpdateCompleted", "{'updateId': 'u-1'}")
        .event("ActivityCompleted", "{'step': 2, 'attempt': 2}")
        .event("ChildRunStarted", "{'step': 4, 'childRun': '%s'}".formatted(SHIP))
        .event("ChildRunCompleted", "{'step': 4, 'childRun': '%s'}".formatted(SHIP))
        .event("ExternalDelivered", "{'step': 5}")
        .event("CancelRequested", "{'requestId': 'stop-1'}")
        .event("SignalReceived", "{'signalId': 'unseen'}")
        .add("WorkflowCompleted", "{'unhandled': ['unseen']}", 19)
        .ended("COMPLETED").end();
    planted.row("pawl_chains", "namespace", "default", "workflow_id", "order-1", "run_id", ORDER, "run_number", 1);
    planted.row("pawl_updates", "run_id", ORDER, "update_id", "u-1", "name", "add", "phase", "COMPLETED");
    planted.row("pawl_transitions", "run_id", ORDER, "at", 1, "commit_id", 1, "ord", 1, "step", 2, "epoch", 1, "what",
        "LEASE_REVOKED");
    planted.row("pawl_transitions", "run_id", ORDER, "at", 2, "commit_id", 2, "ord", 1, "step", 0, "epoch", 1, "what",
        "LEASE_RELEASED");

    planted.story(2, "ship-1")
        .started("'parent': {'run': '%s', 'workflowId': 'order-1', 'step': 4}".formatted(ORDER))
        .report("WorkflowCompleted", "{}").ended("COMPLETED").end();
    planted.row("pawl_chains", "namespace", "default", "workflow_id", "ship-1", "run_id", SHIP, "run_number", 1);

    // Continued as new, with a signal that its program never saw.
    planted.story(3, "sub-1").started("")
        .event("TimerScheduled", "{'step': 1, 'fireAt': 3000}")
        .event("SignalReceived", "{'signalId': 'late'}")
        .event("TimerCancelled", "{'step': 1}")
        .add("WorkflowContinuedAsNew", "{'newRun': '%s'}".formatted(OPEN), 3).ended("CONTINUED").end();
    planted.story(4, "sub-1").set("run_number", 2)
        .event("StartAccepted", "{}")
        .also("WorkflowStarted", "{'firstRun': '%s', 'continuedFrom': '%s', 'executionDeadline': %d}"
            .formatted(OLD, OLD, 2 * NOW))
        .also("SignalReceived", "{'signalId': 'late'}")
        .report("ActivityScheduled", "{'step': 1, 'activityType': 'mail'}")
        .also("TimerScheduled", "{'step': 2, 'fireAt': %d}".formatted(2 * NOW))
        .also("ChildWorkflowScheduled", "{'step': 3, 'workflowId': 'sub-child'}")
        .also("CancelExternalScheduled", "{'step': 4, 'workflowId': 'other'}")
        .end();
    planted.row("pawl_chains", "namespace", "default", "workflow_id", "sub-1", "run_id", OPEN, "run_number", 2);
    planted.row("pawl_tasks", "run_id", OPEN, "step", 1, "phase", "WAITING", "attempt", 1, "epoch", 0, "visible_at", NOW);
    for (String item : List.of("timer/2", "deadline/execution", "child/3/start", "external/4")) {
      planted.row("pawl_mailbox", "owner", OPEN, "item", item, "due", 2 * NOW, "kind", "any");
    }

    planted.story(5, "held-1").started("").event("SignalReceived", "{'signalId': 'x'}").set("seen", 2)
        .set("phase", "LEASED").set("session", SESSION).end();
    planted.row("pawl_chains", "namespace", "default", "workflow_id", "held-1", "run_id", HELD, "run_number", 1);
    planted.row("user_orders", "workflow_id", "held-1");
    planted.row("pawl_sessions", "session_id", SESSION, "expires_at", NOW + 5_000_000);
    planted.row("pawl_late_reports", "run_id", HELD, "at", 5, "step", 0, "attempt", 1, "epoch", 2, "kind", "report", "why",
        "LEASE_LOST");
    planted.row("pawl_transitions", "run_id", HELD, "at", 5, "commit_id", 1, "ord", 1, "step", 0, "epoch", 2, "what",
        "LEASE_REVOKED");

    planted.story(10, "gone-1").started("").event("SignalReceived", "{'signalId': 'unheard'}").set("seen", 0)
        .event("WorkflowTerminated", "{'reason': 'x', 'unhandled': ['unheard']}").ended("TERMINATED").end();
    planted.row("pawl_chains", "namespace", "default", "workflow_id", "gone-1", "run_id",
        Planted.id(10), "run_number", 1);

    planted.story(6, "blocked-1").started("").set("seen", 0).set("phase", "BLOCKED").set("reason", "no code for it")
        .set("failures", 50).end();
    planted.row("pawl_chains", "namespace", "default", "workflow_id", "blocked-1", "run_id", BLOCKED, "run_number", 1);

    // Reset while an activity had failed once and a child was at work; the child has ended since. What was not copied was
    // asked for anew, and has nothing to do with what came of it before.
    for (UUID run : List.of(RESET, AGAIN)) {
      boolean again = run.equals(AGAIN);
      var story = planted.story(again ? 8 : 7, "reset-1").set("run_number", again ? 2 : 1)
          .started(again ? "'resetOf': '%s', 'continuedFrom': '%s'".formatted(RESET, RESET) : "");
      String parentOf = "{'step': 2, 'workflowId': 'reset-child'}";
      if (again) {
        story.also("ActivityScheduled", "{'step': 1, 'activityType': 'charge'}")
            .also("ChildWorkflowScheduled", parentOf)
            .also("ActivityRetryScheduled", "{'step': 1, 'attempt': 1}")
            .event("ActivityFailed", "{'step': 1, 'attempt': 1}")
            .report("ChildWorkflowScheduled", "{'step': 3, 'workflowId': 'reset-child-3'}").end();
      } else {
        story.report("ActivityScheduled", "{'step': 1, 'activityType': 'charge'}")
            .also("ChildWorkflowScheduled", parentOf)
            .event("ActivityRetryScheduled", "{'step': 1, 'attempt': 1}")
            .report("ChildWorkflowScheduled", "{'step': 3, 'workflowId': 'reset-child-2'}")
            .event("ChildRunCompleted", "{'step': 3}")
            .event("WorkflowReset", "{'newRun': '%s'}".formatted(AGAIN)).ended("RESET").end();
      }
    }
    planted.row("pawl_chains", "namespace", "default", "workflow_id", "reset-1", "run_id", AGAIN, "run_number", 2);
    planted.story(9, "reset-child").started("'parent': {'run': '%s', 'workflowId': 'reset-1', 'step': 2}".formatted(RESET))
        .report("WorkflowCompleted", "{}").ended("COMPLETED").end();
    planted.row("pawl_chains", "namespace", "default", "workflow_id", "reset-child", "run_id", Planted.id(9), "run_number", 1);
    planted.story(11, "reset-child-2").started("'parent': {'run': '%s', 'workflowId': 'reset-1', 'step': 3}".formatted(RESET))
        .report("WorkflowCompleted", "{}").ended("COMPLETED").end();
    planted.row("pawl_chains", "namespace", "default", "workflow_id", "reset-child-2", "run_id", Planted.id(11), "run_number", 1);
    planted.row("pawl_mailbox", "owner", AGAIN, "item", "child/3/start", "due", NOW, "kind", "any");
    planted.row("pawl_mailbox", "owner", Planted.id(9), "item", "parent/ended", "due", NOW, "kind", "ChildEnded");
    return planted;
  }

  private static LedgerFile ledger() {
    return new LedgerFile(List.of(
        entry(Verdict.APPLIED, 1, "reserve", 1, 1, "w1"),
        entry(Verdict.FAILED, 2, "charge", 1, 1, "w1"),
        entry(Verdict.FAILED, 2, "charge", 1, 1, "w1"),
        entry(Verdict.APPLIED, 2, "charge", 2, 2, "w2"),
        entry(Verdict.DUPLICATE, 2, "charge", 2, 2, "w2")));
  }

  private static LedgerEntry entry(Verdict verdict, int step, String name, int attempt, long epoch, String worker) {
    return new LedgerEntry(1, Instant.EPOCH, verdict, new EffectCall("default/%s/%d:%s".formatted(ORDER, step, name),
        "order-1", ORDER.toString(), step, attempt, epoch, worker));
  }

  private static LedgerEntry note(String what, int number, long epoch, String worker) {
    return new LedgerEntry(1, Instant.EPOCH, Verdict.NOTED,
        new EffectCall(what, "order-1", ORDER.toString(), 0, number, epoch, worker));
  }

  private static List<Operation> log() {
    return List.of(
        op("c1", Phase.INVOKE, Kind.START, "order-1", "start-order-1", ""),
        op("c1", Phase.INFO, Kind.START, "order-1", "start-order-1", ""),
        op("c1", Phase.INVOKE, Kind.START, "order-1", "start-order-1", ""),
        op("c1", Phase.OK, Kind.START, "order-1", "start-order-1", ORDER.toString()),
        op("c1", Phase.INVOKE, Kind.SIGNAL, "order-1", "s-1", ""),
        op("c1", Phase.OK, Kind.SIGNAL, "order-1", "s-1", ORDER.toString()),
        op("c1", Phase.INVOKE, Kind.SIGNAL, "order-1", "s-2", ""),
        op("c1", Phase.OK, Kind.SIGNAL, "order-1", "s-2", ORDER.toString()),
        op("c2", Phase.INVOKE, Kind.SIGNAL, "order-1", "refused", ""),
        op("c2", Phase.FAIL, Kind.SIGNAL, "order-1", "refused", ""),
        op("c1", Phase.INVOKE, Kind.UPDATE, "order-1", "u-1", ""),
        op("c1", Phase.OK, Kind.UPDATE, "order-1", "u-1", ORDER.toString()),
        op("c1", Phase.INVOKE, Kind.CANCEL, "order-1", "stop-1", ""),
        op("c1", Phase.OK, Kind.CANCEL, "order-1", "stop-1", ORDER.toString()),
        op("c1", Phase.INVOKE, Kind.RESULT, "order-1", "", ""),
        op("c1", Phase.OK, Kind.RESULT, "order-1", "", ORDER.toString()),
        op("c2", Phase.INVOKE, Kind.START, "held-1", "start-held-1", ""),
        op("c2", Phase.OK, Kind.START, "held-1", "start-held-1", HELD.toString()));
  }

  private static long lines;

  private static Operation op(String process, Phase phase, Kind kind, String workflow, String id, String run) {
    return new Operation(++lines, Instant.EPOCH, process, phase, kind, "default", workflow, id, run, "");
  }
}
