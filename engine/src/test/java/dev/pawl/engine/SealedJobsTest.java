package dev.pawl.engine;

import static dev.pawl.engine.JobHand.retrying;
import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** U4: what happened to jobs by itself is sealed when they are over, and who changes it is found out. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class SealedJobsTest extends JobFixture {
  SealedJobsTest(DatabaseServer server) {
    super(server);
  }

  private List<JobId> done(int count) {
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) ids.add(submit(pawl, spec("order-%03d".formatted(i))));
    JobHand hand = new JobHand(pawl);
    hand.take(1_000, "test.job").forEach(grant -> hand.ok(grant).get());
    return ids;
  }

  private JobApi.AuditReport report() {
    return pawl.jobs().verifyLedgers("default");
  }

  private void sealed(long jobs) {
    assertThat(report()).isEqualTo(new JobApi.AuditReport(jobs, null, null));
  }

  private void sql(String text) throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(text)).as(text).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("U4: a changed, a dropped and a cut off line of what happened by itself is found")
  void whatIsChangedIsFound() throws Exception {
    List<JobId> ids = done(20);
    submit(pawl, spec("still-open"));
    sealed(0);
    pawl.tick(clock.instant());
    sealed(20);
    String of = " where job_id = '" + ids.get(7) + "'";
    sql("update pawl_job_ledger set actor = 'node:somebody-else'" + of);
    assertThat(report().why()).contains("the ledger of job " + ids.get(7) + " was changed");
    PawlEngine watcher = engine(config -> {});
    watcher.tick(clock.instant());
    assertThat(watcher.metrics().damages()).isEqualTo(1);
    sql("delete from pawl_job_ledger" + of);
    assertThat(report().why()).contains(ids.get(7).toString());
    // Taking the job away as retention would leaves its link, and the chain is whole.
    sql("delete from pawl_jobs" + of);
    sealed(20);
    sql("delete from pawl_sealed_jobs" + of);
    assertThat(report().why()).contains("is gone");
    assertThat(report().brokenAt()).isEqualTo(report().lines() + 1);
  }

  @Test
  void aChainThatIsCutOffIsFound() throws Exception {
    done(3);
    pawl.tick(clock.instant());
    sql("delete from pawl_sealed_jobs where seq = 3");
    assertThat(report().brokenAt()).isEqualTo(3);
  }

  @Test
  @DisplayName("U4: what happened to a job that stays open is sealed within hours, too")
  void whatStaysOpenIsSealedWithinHours() throws Exception {
    JobId id = submit(pawl, retrying("stays-open", RetryTerms.of(BackoffProfile.SLOW)));
    JobHand hand = new JobHand(pawl);
    hand.fail(hand.take()).get();
    pawl.tick(clock.instant());
    sealed(0);
    clock.pass(Duration.ofHours(2));
    pawl.tick(clock.instant());
    sealed(1);
    pawl.tick(clock.instant());
    sealed(1);
    JobHand later = new JobHand(pawl);
    later.fail(later.take()).get(); // a new line: an hour must pass
    pawl.tick(clock.instant());
    sealed(1);
    clock.pass(Duration.ofHours(2));
    pawl.tick(clock.instant());
    sealed(2);
    sql("update pawl_job_ledger set actor = 'node:nobody' where event = 'ERR_RETRY' and version = "
        + "(select first from (select min(version) as first from pawl_job_ledger where event = 'ERR_RETRY') one)");
    assertThat(report().why()).contains("the ledger of job " + id + " was changed");
  }

  @Test
  void twoNodesMakeOneChain() throws Exception {
    done(300);
    PawlEngine other = engine(config -> {});
    Thread elsewhere = Thread.ofPlatform().start(() -> other.tick(clock.instant()));
    pawl.tick(clock.instant());
    join(elsewhere);
    sealed(300);
  }

  @Test
  void whatIsDrivenAgainIsSealedAgain() {
    JobId id = submit(pawl, retrying("driven-again", RetryTerms.of(BackoffProfile.NONE)));
    JobHand hand = new JobHand(pawl);
    hand.fail(hand.take()).get();
    pawl.tick(clock.instant());
    sealed(1);
    redrive(id, papers()).get();
    pawl.tick(clock.instant());
    sealed(1);
    hand.ok(hand.take()).get();
    pawl.tick(clock.instant());
    sealed(2);
  }

  @Test
  void theChainBeginsBehindWhatRetentionHasTaken() {
    done(5);
    pawl.tick(clock.instant());
    clock.pass(Duration.ofDays(1));
    done(10).forEach(id -> assertThat(id).isNotNull()); // the first five keys are the same five jobs
    pawl.tick(clock.instant());
    sealed(10);
    assertThat(pawl.store().jobs().prune("default", clock.instant().minus(Duration.ofHours(1)), 100)).isEqualTo(5);
    sealed(10); // their links are still there
    for (int turn = 0; turn < 3; turn++) pawl.tick(clock.instant());
    sealed(5);
  }
}
