package dev.pawl.engine;

import static dev.pawl.engine.JobHand.papers;
import static dev.pawl.engine.JobHand.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.run.OperateRun;
import dev.pawl.core.run.RunAct;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.protocol.operator.OperatorApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** U1 to U4 for runs: operators terminate, reset, pause and resume with papers, and every line is sealed. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class RunOperatorsTest extends EngineFixture {
  RunOperatorsTest(DatabaseServer server) {
    super(server);
  }

  @BeforeEach
  void start() {
    control.start(start("w"));
  }

  private long epoch() {
    return pawl.operators().standing(ref("w")).epoch();
  }

  private OperateRun.Operated operate(RunAct act) {
    return pawl.operators().operate(ref("w"), act, papers(), epoch(), false).get();
  }

  private JobApi.AuditReport audit() {
    return pawl.operators().verifyAudit("default");
  }

  private List<String> lines() {
    return pawl.operators().audit("default", 0, 100).stream().map(OperatorApi.AuditLine::line)
        .map(it -> "%s %s>%s%s".formatted(it.event(), it.from(), it.to(), it.refused() == null ? "" : " " + it.refused().wire()))
        .toList();
  }

  @Test
  void pausesResumesAndTerminates() {
    Hand hand = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant grant = hand.run();
    OperateRun.Operated paused = operate(new RunAct.Pause());
    assertThat(paused).extracting(OperateRun.Operated::from, OperateRun.Operated::to).containsExactly("RUNNING", "PAUSED");
    assertRejected(Rejection.Code.LEASE_LOST, () -> hand.report(grant.token(), 2, true, done("1")));
    assertThat(hand.runs(10)).isEmpty();
    assertThat(operate(new RunAct.Pause()).to()).as("it is so already: no line").isEqualTo("PAUSED");
    operate(new RunAct.Resume());
    assertThat(hand.run().workflowId()).isEqualTo("w");
    assertThat(operate(new RunAct.Terminate()).to()).isEqualTo("TERMINATED");
    assertThat(control.describe(ref("w")).status()).isEqualTo(RunStatus.TERMINATED);
    assertThat(lines()).containsExactly("PAUSE RUNNING>PAUSED", "RESUME PAUSED>RUNNING", "TERMINATE RUNNING>TERMINATED");
    assertThat(audit()).isEqualTo(new JobApi.AuditReport(3, null, null));
    assertThat(control.ledger(ref("w"), 10)).extracting(ControlApi.LedgerLine::actor).contains("operator:ada");
  }

  @Test
  void resetsAnOpenRunAndAClosedOne() {
    OperateRun.Operated first = operate(new RunAct.Reset(2));
    assertThat(first.newRun()).isEqualTo(control.describe(ref("w")).run());
    operate(new RunAct.Terminate());
    OperateRun.Operated second = operate(new RunAct.Reset(2));
    assertThat(second.newRun()).isEqualTo(control.describe(ref("w")).run()).isNotEqualTo(first.newRun());
    assertThat(control.describe(ref("w")).status()).isEqualTo(RunStatus.RUNNING);
    assertThat(lines()).containsExactly("RESET RUNNING>RESET", "TERMINATE RUNNING>TERMINATED", "RESET TERMINATED>TERMINATED");
    assertThat(audit().brokenAt()).isNull();
  }

  @Test
  void nothingIsDoneWithoutPapersAndWhoTriedIsALine() {
    long before = control.describe(ref("w")).lastSeq();
    refused(UwerCode.TICKET_MISSING, tried(null, "a good reason", epoch()));
    refused(UwerCode.TICKET_REFUSED, tried("ops 1", "a good reason", epoch()));
    refused(UwerCode.SCHEMA_VIOLATION, tried("OPS-1", "because\u0000", epoch()));
    refused(UwerCode.STALE_EPOCH, tried("OPS-1", "a good reason", epoch() + 1));
    refused(UwerCode.NOT_FOUND, pawl.operators().operate(ref("nobody"), new RunAct.Pause(), papers(), 0, false));
    refused(UwerCode.SCHEMA_VIOLATION, pawl.operators().operate(ref("w"), new RunAct.Reset(1_000), papers(), epoch(), false));
    assertThat(control.describe(ref("w")).lastSeq()).isEqualTo(before);
    assertThat(lines()).containsExactly("TERMINATE RUNNING>RUNNING UWER-4031", "TERMINATE RUNNING>RUNNING UWER-4032",
        "TERMINATE RUNNING>RUNNING UWER-4002", "TERMINATE RUNNING>RUNNING UWER-4094", "RESET RUNNING>RUNNING UWER-4002");
    operate(new RunAct.Terminate());
    refused(UwerCode.ILLEGAL_TRANSITION, pawl.operators().operate(ref("w"), new RunAct.Pause(), papers(), epoch(), false));
    assertThat(audit()).isEqualTo(new JobApi.AuditReport(7, null, null));
  }

  private JobAnswer<OperateRun.Operated> tried(@Nullable String ticket, String reason, long epoch) {
    return pawl.operators().operate(ref("w"), new RunAct.Terminate(), new OperatorPapers("ada", "admin", "cli", ticket,
        OperatorPapers.Standing.NOT_ASKED, reason, "req-1", null), epoch, false);
  }

  @Test
  void aDryRunWritesNothing() {
    OperateRun.Operated would = pawl.operators().operate(ref("w"), new RunAct.Terminate(), papers(), epoch(), true).get();
    assertThat(would.to()).isEqualTo("TERMINATED");
    assertThat(control.describe(ref("w")).status()).isEqualTo(RunStatus.RUNNING);
    assertThat(lines()).isEmpty();
  }

  @Test
  @DisplayName("U4: a line that was changed, dropped, cut off or added is found")
  void whoTouchesTheAuditIsFound() throws Exception {
    for (RunAct act : List.of(new RunAct.Pause(), new RunAct.Resume(), new RunAct.Pause())) operate(act);
    sql("update pawl_run_audit set operator = 'eve' where seq = 2");
    assertThat(audit()).matches(it -> it.brokenAt() == 2 && it.why().contains("changed"));
    PawlEngine watcher = engine(config -> {});
    watcher.tick(clock.instant());
    assertThat(watcher.metrics().damages()).as("it is an alert").isEqualTo(1);
    sql("update pawl_run_audit set operator = 'ada' where seq = 2");
    assertThat(audit().brokenAt()).isNull();
    sql("insert into pawl_run_audit select namespace, 4, hash, run_id, workflow_id, at, event, from_standing, from_epoch, "
        + "to_standing, to_epoch, new_run, refused, operator, role, channel, ticket, reason, request_id, approver "
        + "from pawl_run_audit where seq = 3");
    assertThat(audit()).matches(it -> it.brokenAt() == 4 && it.why().contains("behind the end"));
    sql("delete from pawl_run_audit where seq = 4");
    sql("delete from pawl_run_audit where seq = 3");
    assertThat(audit()).matches(it -> it.brokenAt() == 3 && it.why().contains("missing"));
    sql("delete from pawl_run_audit where seq = 1");
    assertThat(audit()).matches(it -> it.brokenAt() == 1 && it.why().contains("missing"));
  }

  private void sql(String text) throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(text)).isEqualTo(1);
    }
  }

  @Test
  void manyAreOneOrderAndEachIsALine() {
    for (int i = 0; i < 450; i++) control.start(start("many-" + i));
    JobApi.ActReport would = pawl.operators().operateMany(order("WorkflowId starts with 'many-'", true, false));
    assertThat(would).isEqualTo(new JobApi.ActReport(450, 450, 0, null));
    assertThat(lines()).isEmpty();
    refusedOrder(UwerCode.SCHEMA_VIOLATION, order("WorkflowId starts with 'many-'", false, false));
    refusedOrder(UwerCode.SCHEMA_VIOLATION, order(" ", true, false));
    control.terminate(ref("many-7"), "gone already", null);
    JobApi.ActReport done = pawl.operators().operateMany(order("WorkflowId starts with 'many-'", false, true));
    assertThat(done).extracting(JobApi.ActReport::matched, JobApi.ActReport::done, JobApi.ActReport::refused)
        .containsExactly(450, 449, 1);
    assertThat(done.firstRefusal()).contains("TERMINATED");
    assertThat(control.count("default", "WorkflowId starts with 'many-' and Status = 'TERMINATED'")).isEqualTo(450);
    assertThat(control.describe(ref("w")).status()).isEqualTo(RunStatus.RUNNING);
    assertThat(audit()).isEqualTo(new JobApi.AuditReport(450, null, null));
  }

  private static OperatorApi.RunOrder order(String filter, boolean dryRun, boolean rehearsed) {
    return new OperatorApi.RunOrder("default", null, filter, new RunAct.Terminate(), papers(), dryRun, rehearsed);
  }

  private void refusedOrder(UwerCode code, OperatorApi.RunOrder order) {
    assertThatThrownBy(() -> pawl.operators().operateMany(order))
        .isInstanceOfSatisfying(JobRefusedException.class, no -> assertThat(no.code()).isEqualTo(code));
  }

  @Test
  void manyOperatorsOnTwoNodesMakeOneChain() {
    PawlEngine other = engine(config -> {});
    for (int i = 0; i < 20; i++) control.start(start("many-" + i));
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      PawlEngine mine = i % 2 == 0 ? pawl : other;
      String id = "many-" + i;
      all.add(Thread.ofVirtual().start(() ->
          mine.operators().operate(ref(id), new RunAct.Pause(), papers(), 0, false).get()));
    }
    all.forEach(EngineFixture::join);
    assertThat(audit()).isEqualTo(new JobApi.AuditReport(20, null, null));
  }
}
