package dev.pawl.engine;

import static dev.pawl.engine.JobHand.refused;
import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.AutoRedrive;
import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What workers report and the database does not take. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobStoreRefusalTest extends EngineFixture {
  private static final JobOutcome UNLIKED = new JobOutcome.Ok(Payload.json("\"unliked\""));

  JobStoreRefusalTest(DatabaseServer server) {
    super(server);
  }

  /** An administrator's rule, or a limit: from now on the database refuses such results. */
  private void refuseUnliked() throws Exception {
    sql(server.name().equals("sqlite")
        ? """
          create trigger no_unliked before insert on pawl_job_ledger when new.result like '%unliked%'
          begin select raise(abort, 'no unliked results'); end"""
        : "alter table pawl_job_ledger add constraint no_unliked check (result is null or result not like '%unliked%')");
  }

  private void takeAgain() throws Exception {
    sql(server.name().equals("sqlite")
        ? "drop trigger no_unliked"
        : "alter table pawl_job_ledger drop constraint no_unliked");
  }

  private void sql(String text) throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  @Test
  @DisplayName("STORE_RELATED: what the database does not take ends as a dead letter, which is driven again by itself")
  void whatTheDatabaseRefusesIsADeadLetter() throws Exception {
    refuseUnliked();
    JobId id = submit(pawl, spec("ends-in-vain"));
    JobId other = submit(pawl, spec("ends-beside-it"));
    JobHand hand = new JobHand(pawl);
    List<JobGrant> grants = hand.take(2, "test.job");
    List<JobAnswer<CommitJob.Ack>> answers = pawl.jobWork().report(grants.stream().map(grant -> JobWorkApi.Report.of(
        grant, hand.session, grant.job().id().equals(id) ? UNLIKED : new JobOutcome.Ok(null), List.of())).toList());
    int mine = grants.getFirst().job().id().equals(id) ? 0 : 1;
    assertThat(answers.get(mine).get().phase()).isEqualTo(JobPhase.DEAD_LETTERED);
    assertThat(answers.get(1 - mine).get().phase()).isEqualTo(JobPhase.SUCCEEDED);
    assertThat(state(pawl, other).phase()).isEqualTo(JobPhase.SUCCEEDED);

    JobState dead = state(pawl, id);
    assertThat(dead.ending().cause()).isEqualTo(DeadLetterCause.STORE_RELATED);
    assertThat(dead.lastError().code()).isEqualTo(UwerCode.STORE_UNAVAILABLE.wire());
    assertThat(dead.lastError().detail()).contains("unliked");
    assertThat(pawl.jobs().deadLetters(new JobApi.DeadLetters("default", null, DeadLetterCause.STORE_RELATED, 10, null))
        .items()).singleElement().matches(letter -> letter.job().equals(id) && letter.redriveAt() != null);
    JobGrant grant = grants.get(mine);
    assertThat(hand.report(grant, UNLIKED).get()).as("said again")
        .isEqualTo(new CommitJob.Ack(id, 1, JobPhase.DEAD_LETTERED, true));
    refused(UwerCode.COMMIT_CONFLICT, hand.ok(grant));

    clock.pass(AutoRedrive.DISTANCE);
    tickUntilQuiet();
    takeAgain();
    JobGrant again = hand.take();
    assertThat(again.job().epoch()).isEqualTo(2);
    assertThat(again.job().redrives()).isEqualTo(1);
    assertThat(hand.report(again, UNLIKED).get().phase()).isEqualTo(JobPhase.SUCCEEDED);
  }

  @Test
  void aRefusedReportBringsNothingAbout() throws Exception {
    refuseUnliked();
    JobId id = submit(pawl, spec("ends-in-vain"));
    JobHand hand = new JobHand(pawl);
    JobWorkApi.Report report = JobWorkApi.Report.of(hand.take(), hand.session, UNLIKED,
        List.of(spec("test.child", "child-one", "{}", 5, null, null)));
    assertThat(pawl.jobWork().report(List.of(report)).getFirst().get().phase()).isEqualTo(JobPhase.DEAD_LETTERED);
    assertThat(pawl.jobs().find("default", "test.child", "child-one")).isEmpty();
    assertThat(state(pawl, id).ending().cause()).isEqualTo(DeadLetterCause.STORE_RELATED);
  }

  @Test
  void aChildWhoseNameMakesNoSenseIsTheReportsOwnFault() {
    JobId id = submit(pawl, spec("bears-nonsense"));
    JobHand hand = new JobHand(pawl);
    JobWorkApi.Report report = JobWorkApi.Report.of(hand.take(), hand.session, new JobOutcome.Ok(null),
        List.of(spec("test.child", "nul-\0-in-it", "{}", 5, null, null)));
    refused(UwerCode.SCHEMA_VIOLATION, pawl.jobWork().report(List.of(report)).getFirst());
    assertThat(state(pawl, id).leased()).isTrue();
  }
}
