package dev.pawl.engine;

import static dev.pawl.engine.JobHand.papers;
import static dev.pawl.engine.JobHand.refused;
import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.UwerCode;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** U4: what operators did and tried is sealed, and who changes it is found out. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobAuditTest extends EngineFixture {
  private JobId job;

  JobAuditTest(DatabaseServer server) {
    super(server);
  }

  @BeforeEach
  void operatorsAct() {
    job = submit(pawl, spec("looked-after"));
    operate(new OperatorAct.Hold(Duration.ofHours(1)));
    operate(new OperatorAct.Release());
    refused(UwerCode.ILLEGAL_TRANSITION, pawl.jobs().operate(
        "default", job, new OperatorAct.Release(), papers(), state(pawl, job).epoch(), false));
    operate(new OperatorAct.ForceFail());
    operate(new OperatorAct.Redrive());
  }

  private void operate(OperatorAct act) {
    pawl.jobs().operate("default", job, act, papers(), state(pawl, job).epoch(), false).get();
  }

  private JobApi.AuditReport audit() {
    return pawl.jobs().verifyAudit("default");
  }

  private void sql(String text) throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(text)).isEqualTo(1);
    }
  }

  @Test
  void everyActAndEveryAttemptIsALine() {
    assertThat(audit()).isEqualTo(new JobApi.AuditReport(5, null, null));
    assertThat(pawl.jobs().verifyAudit("elsewhere").lines()).isZero();
    submit(pawl, spec("looked-after-by-nobody"));
    assertThat(audit().lines()).as("work without operators has no line in the chain").isEqualTo(5);
  }

  @Test
  @DisplayName("U4: a line that was changed breaks the chain where it stands")
  void aChangedLineIsFound() throws Exception {
    sql("update pawl_job_ledger set event = 'RELEASE' where job_id = '%s' and event = 'FORCE_FAIL'".formatted(job));
    assertThat(audit()).matches(report -> report.brokenAt() == 4 && report.lines() == 3 && report.why().contains("changed"));
  }

  @Test
  @DisplayName("U4: a line that was dropped breaks it, and so does a seal")
  void aDroppedLineIsFound() throws Exception {
    sql("delete from pawl_job_ledger where job_id = '%s' and event = 'HOLD'".formatted(job));
    assertThat(audit()).matches(report -> report.brokenAt() == 1 && report.why().contains("is gone"));
    sql("delete from pawl_job_seals where namespace = 'default' and seq = 1");
    assertThat(audit().brokenAt()).isEqualTo(1);
  }

  @Test
  @DisplayName("U4: who cuts off the end is found out by the head")
  void aShorterChainIsFound() throws Exception {
    sql("delete from pawl_job_seals where namespace = 'default' and seq = 5");
    assertThat(audit()).matches(report -> report.brokenAt() == 5 && report.why().contains("missing"));
  }

  @Test
  void retentionLeavesWhatIsSealed() {
    JobHand hand = new JobHand(pawl);
    hand.ok(hand.take());
    pawl.putNamespace(new Store.Namespace("default", "", Duration.ofDays(7)));
    clock.pass(Duration.ofDays(30));
    assertThat(pawl.store().jobs().prune("default", clock.instant(), 100)).isEqualTo(1);
    assertThat(pawl.jobs().get("default", job)).isEmpty();
    assertThat(audit()).isEqualTo(new JobApi.AuditReport(5, null, null));
  }

  @Test
  void manyOperatorsOnTwoNodesMakeOneChain() {
    PawlEngine other = engine(config -> {});
    List<JobId> jobs = new ArrayList<>();
    for (int i = 0; i < 20; i++) jobs.add(submit(pawl, spec("held-number-" + i)));
    List<Thread> operators = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      PawlEngine mine = i % 2 == 0 ? pawl : other;
      JobId one = jobs.get(i);
      operators.add(Thread.ofVirtual().start(() -> mine.jobs()
          .operate("default", one, new OperatorAct.Hold(Duration.ofHours(1)), papers(), 0, false).get()));
    }
    operators.forEach(EngineFixture::join);
    assertThat(audit()).isEqualTo(new JobApi.AuditReport(25, null, null));
  }
}
