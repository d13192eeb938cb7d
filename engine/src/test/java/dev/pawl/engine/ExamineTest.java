package dev.pawl.engine;

import static dev.pawl.engine.JobHand.retrying;
import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.engine.store.Checkup.Damage;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each kind of damage is planted, found, and gone after what the finding proposes. That a sound database has none is looked
 * at after every test that has an engine.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class ExamineTest extends JobFixture {
  ExamineTest(DatabaseServer server) {
    super(server);
  }

  private int sql(String text) {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      return statement.executeUpdate(text);
    } catch (SQLException e) {
      throw new AssertionError(text, e);
    }
  }

  /** Plants it, and sees it found by the whole examination and by the duty. */
  private Damage planted(String invariant, String subject, String damage) {
    assertThat(pawl.examine()).isEmpty();
    assertThat(sql(damage)).isEqualTo(1);
    List<Damage> found = pawl.examine().stream().filter(one -> one.invariant().equals(invariant)).toList();
    assertThat(found).as(damage).hasSize(1);
    assertThat(found.getFirst().subject()).isEqualTo(subject);
    assertThat(found.getFirst().proposal()).isNotBlank();
    PawlEngine watcher = engine(config -> {});
    for (int turn = 0; turn <= pawl.store().checkup().areas().size() + 3; turn++) watcher.tick(clock.instant());
    assertThat(watcher.metrics().damages()).as(damage).isPositive();
    return found.getFirst();
  }

  /** The proposal is SQL: it is done, and nothing is wrong any more. */
  private void healed(Damage damage) {
    assertThat(sql(damage.proposal())).isEqualTo(1);
    assertThat(pawl.examine()).isEmpty();
  }

  private JobId waiting(String key) {
    return submit(pawl, spec(key));
  }

  private JobId dead(String key) {
    JobId id = submit(pawl, retrying(key, RetryTerms.of(BackoffProfile.NONE)));
    JobHand hand = new JobHand(pawl);
    hand.fail(hand.take()).get();
    assertThat(state(pawl, id).phase()).isEqualTo(JobPhase.DEAD_LETTERED);
    return id;
  }

  private static String of(JobId id) {
    return " where job_id = '" + id + "'";
  }

  @Test
  void i1_aPhaseThatIsNone() {
    JobId id = waiting("phase-that-is-none");
    planted("I1", id.toString(), "update pawl_open_jobs set phase = 'RUNNING'" + of(id));
    sql("update pawl_open_jobs set phase = 'READY'" + of(id));
  }

  @Test
  void i1_aJobWithoutItsSubmission() {
    JobId id = waiting("without-submission");
    Damage found = planted("I1", id.toString(), "delete from pawl_jobs" + of(id));
    assertThat(found.proposal()).contains("from a backup, or delete");
    sql("delete from pawl_open_jobs" + of(id));
  }

  @Test
  void i1_aJobThatWaitsAsSomethingElse() {
    JobId id = waiting("something-else");
    healed(planted("I1", id.toString(), "update pawl_open_jobs set type = 'other.type'" + of(id)));
  }

  @Test
  void i3_aJobThatNobodyLooksAtForYears() {
    JobId id = waiting("for-years");
    planted("I3", id.toString(), "update pawl_open_jobs set visible_at = visible_at + 100000000000" + of(id));
    pawl.jobs().operate("default", id, new dev.pawl.core.job.OperatorAct.ForceDeadLetter(), papers(), 0, false).get();
    redrive(id, papers()).get();
    assertThat(new JobHand(pawl).take().job().id()).isEqualTo(id);
  }

  @Test
  void i4_anOrphan() {
    JobId id = waiting("an-orphan");
    JobGrant grant = new JobHand(pawl).take();
    sql("update pawl_sessions set expires_at = expires_at + 90000000000");
    long year = Duration.ofDays(365).toNanos() / 1_000;
    assertThat(pawl.examine()).isEmpty();
    sql("update pawl_open_jobs set visible_at = visible_at - " + year + of(id));
    assertThat(pawl.examine()).extracting(Damage::invariant).containsExactly("I4");
    sql("update pawl_open_jobs set visible_at = visible_at + " + year + of(id));
    assertThat(grant.job().id()).isEqualTo(id);
  }

  @Test
  void i4_aBatchWhoseCallbackIsNotBorn() {
    pawl.jobs().openBatch("default", "file-7", "import.done").get();
    pawl.jobs().closeBatch("default", "file-7").get();
    clock.pass(Duration.ofHours(2));
    assertThat(pawl.examine()).extracting(Damage::subject).containsExactly("file-7");
    tickUntilQuiet();
  }

  @Test
  void i5_aLeaseWhereNoneCanBe() {
    JobId id = waiting("leased-while-scheduled");
    JobGrant grant = new JobHand(pawl).take();
    sql("update pawl_open_jobs set granted_at = null" + of(id));
    assertThat(pawl.examine()).extracting(Damage::wrong).containsExactly("it is READY, and has half a lease");
    sql("update pawl_open_jobs set granted_at = " + grant.job().visibleAt().toEpochMilli() + "000" + of(id));
    assertThat(pawl.examine()).isEmpty();
    sql("update pawl_open_jobs set phase = 'SCHEDULED'" + of(id));
    assertThat(pawl.examine()).extracting(Damage::invariant).containsExactly("I5");
    sql("update pawl_open_jobs set phase = 'READY'" + of(id));
  }

  @Test
  void i6_aJobThatIsOpenAndOver() {
    JobId id = waiting("open-and-over");
    JobHand hand = new JobHand(pawl);
    hand.ok(hand.take()).get();
    healed(planted("I6", id.toString(), """
        insert into pawl_open_jobs (job_id, namespace, type, priority, phase, version, epoch, visible_at, attempt, losses)
        select job_id, namespace, type, priority, 'READY', 2, 1, due_at, 1, 0 from pawl_jobs""" + of(id)));
  }

  @Test
  void i6_aJobThatIsOpenAndADeadLetter() {
    JobId id = waiting("open-and-dead");
    healed(planted("I6", id.toString(), """
        insert into pawl_dead_letters (job_id, namespace, type, cause, at)
        select job_id, namespace, type, 'OPS', accepted_at from pawl_jobs""" + of(id)));
  }

  @Test
  void i6_aJobThatIsNeitherOpenNorOver() {
    JobId id = waiting("neither-open-nor-over");
    healed(planted("I6", id.toString(), "delete from pawl_open_jobs" + of(id)));
    // What was proposed brings it back into the queue, and it is done.
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    assertThat(grant.job().id()).isEqualTo(id);
    hand.ok(grant).get();
  }

  @Test
  void i6_aDeadJobWithoutItsLetter() {
    JobId id = dead("dead-without-letter");
    healed(planted("I6", id.toString(), "delete from pawl_dead_letters" + of(id)));
    redrive(id, papers()).get();
  }

  @Test
  void i6_aLetterOfNobody() {
    JobId id = waiting("letter-of-nobody");
    JobHand hand = new JobHand(pawl);
    hand.ok(hand.take()).get();
    healed(planted("I6", id.toString(), """
        insert into pawl_dead_letters (job_id, namespace, type, cause, at)
        select job_id, namespace, type, 'OPS', accepted_at from pawl_jobs""" + of(id)));
  }

  @Test
  void i7_aGrantThatNothingAccountsFor() {
    JobId id = waiting("a-line-is-gone");
    JobHand hand = new JobHand(pawl);
    hand.fail(hand.take()).get();
    String line = "pawl_job_ledger" + of(id) + " and end_kind is not null";
    Damage found = planted("I7", id.toString(), "update pawl_open_jobs set epoch = epoch + 1" + of(id));
    assertThat(found.wrong()).contains("granted 2 times");
    sql("update pawl_open_jobs set epoch = epoch - 1" + of(id));
    assertThat(sql("delete from " + line)).isEqualTo(1);
    assertThat(pawl.examine()).extracting(Damage::invariant).containsExactly("I7");
    sql("update pawl_open_jobs set epoch = 0" + of(id));
  }

  @Test
  void i9_aPhaseThatNobodyWroteDown() {
    JobId id = waiting("nobody-wrote-it-down");
    JobHand hand = new JobHand(pawl);
    hand.fail(hand.take()).get();
    planted("I9", id.toString(), "update pawl_open_jobs set phase = 'AWAITING'" + of(id));
    sql("update pawl_open_jobs set phase = 'SCHEDULED'" + of(id));
    planted("I9", id.toString(), "update pawl_open_jobs set version = version - 1" + of(id));
    sql("update pawl_open_jobs set version = version + 1" + of(id));
  }

  @Test
  void runs_aHistoryThatLacksAnEvent() {
    var run = pawl.control().start(start("order-42")).run();
    String where = " where run_id = '" + run + "'";
    planted("RUN", run.toString(), "update pawl_runs set last_seq = last_seq + 1" + where);
    sql("update pawl_runs set last_seq = last_seq - 1" + where);
    Damage found = planted("RUN", run.toString(), "delete from pawl_chains" + where);
    assertThat(found.wrong()).contains("order-42");
    sql("insert into pawl_chains (namespace, workflow_id, run_id, run_number) "
        + "select namespace, workflow_id, run_id, run_number from pawl_runs" + where);
  }

  @Test
  void aHistoryThatIsNotWhatWasWritten() {
    for (int i = 0; i < 120; i++) control.start(start("of-many-" + i));
    control.signal(ref("of-many-70"), dev.pawl.protocol.control.ControlApi.Message.of("go", null));
    String run = control.describe(ref("of-many-70")).run().toString();
    String event = " where run_id = '" + run + "' and seq = 3";
    Damage found = planted("RUN", run, "update pawl_events set at = at + 1" + event);
    assertThat(found.wrong()).contains("its history of 3 events is not what was written");
    assertThat(found.proposal()).contains("backup", "reset");
    sql("update pawl_events set at = at - 1" + event);
    // What is missing is told once, by the invariant that counts.
    sql("update pawl_events set seq = 9" + event);
    assertThat(pawl.examine()).hasSize(1);
    sql("update pawl_events set seq = 3 where run_id = '" + run + "' and seq = 9");
  }
}
