package dev.pawl.engine;

import static dev.pawl.engine.JobHand.retrying;
import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged rows, long outages, clocks that jump, crowds of dispatchers. Ids in the names are the contract's. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobTroubleTest extends EngineFixture {
  JobTroubleTest(DatabaseServer server) {
    super(server);
  }

  @AfterEach
  void nothingIsForgotten() {
    assertThat(pawl.store().jobs().orphans(Duration.ofHours(1), 10)).as("O1, I4").isEmpty();
  }

  private void sql(String text) throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(text)).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("X5: a job whose row is damaged is set apart, and nobody behind it waits")
  void aDamagedRowIsSetApart() throws Exception {
    JobId state = submit(pawl, spec("damaged-state"));
    JobId terms = submit(pawl, spec("damaged-terms"));
    clock.pass(Duration.ofMillis(1));
    submit(pawl, spec("behind-the-damaged"));
    sql("update pawl_open_jobs set more = '{' where job_id = '%s'".formatted(state));
    sql("update pawl_jobs set spec = '{' where job_id = '%s'".formatted(terms));
    JobHand hand = new JobHand(pawl);
    List<JobGrant> got = new ArrayList<>();
    for (int look = 0; look < 3; look++) got.addAll(hand.take(1, "test.job"));
    assertThat(got).singleElement().matches(grant -> grant.job().spec().key().equals("behind-the-damaged"));
    assertThat(pawl.jobs().deadLetters(new JobApi.DeadLetters("default", null, null, 10, null)).items())
        .allMatch(letter -> letter.cause() == DeadLetterCause.HISTORY_CORRUPT)
        .extracting(JobApi.DeadLetter::job).containsExactlyInAnyOrder(state, terms);
    assertThat(state(pawl, state).phase()).isEqualTo(JobPhase.DEAD_LETTERED);
    assertThat(pawl.jobs().get("default", terms)).as("nobody can read it").isEmpty();
    hand.ok(got.getFirst());
  }

  @Test
  @DisplayName("O6: after an outage of thirty days everything goes on, or has met its deadline")
  void anOutageOfThirtyDays() {
    JobId waiting = submit(pawl, spec("waiting-long"));
    JobId later = submit(pawl,
        spec("test.job", "due-in-a-week", "{}", 5, clock.instant().plus(Duration.ofDays(7)), null));
    JobId dated = submit(pawl,
        spec("test.job", "with-a-deadline", "{}", 9, null, clock.instant().plus(Duration.ofDays(3))));
    JobHand before = new JobHand(pawl);
    JobId leased = before.take(1, "test.job").getFirst().job().id();
    JobId external = submit(pawl, spec("other.job", "external-effect", "{}", 5, null, null));
    before.report(before.take(1, "other.job").getFirst(), new JobOutcome.OkExternal("ref-1"));
    assertThat(leased).isEqualTo(waiting);

    clock.pass(Duration.ofDays(30));
    PawlEngine back = engine(config -> {});
    for (int i = 0; i < 3; i++) back.tick(clock.instant());
    JobHand hand = new JobHand(back);
    Set<JobId> found = new HashSet<>();
    for (JobGrant grant : hand.take(10, "test.job", "other.job")) found.add(grant.job().id());
    assertThat(found).containsExactlyInAnyOrder(waiting, later, external);
    assertThat(state(back, dated).ending().cause()).isEqualTo(DeadLetterCause.DEADLINE);
    assertThat(state(back, waiting).losses()).isEqualTo(1);
  }

  @Test
  @DisplayName("C2: when the store's clock jumps ahead, no lease counts twice, and work goes on")
  void theStoresClockJumpsAhead() {
    submit(pawl, spec("over-the-jump"));
    JobHand one = new JobHand(pawl);
    JobGrant early = one.take();
    clock.pass(Duration.ofMinutes(10));
    JobHand two = new JobHand(pawl);
    JobGrant heir = two.take();
    assertThat(heir.job().epoch()).isEqualTo(2);
    JobHand.refused(UwerCode.STALE_EPOCH, one.ok(early));
    assertThat(two.ok(heir).get().phase()).isEqualTo(JobPhase.SUCCEEDED);
    assertThat(pawl.jobs().lateReports("default", early.job().id(), 10)).as("what it said is kept")
        .singleElement().matches(late -> late.body().equals(Payload.json("\"done\""))
            && late.line().refused() == UwerCode.STALE_EPOCH);
    assertThat(pawl.jobs().lateReports("elsewhere", early.job().id(), 10)).isEmpty();
  }

  @Test
  @DisplayName("S2: eight dispatchers after one job: one grant")
  void eightDispatchersOneGrant() {
    List<PawlEngine> nodes = List.of(pawl, engine(config -> {}));
    List<JobHand> hands = new ArrayList<>();
    for (int i = 0; i < 8; i++) hands.add(new JobHand(nodes.get(i % 2)));
    for (int round = 0; round < 10; round++) {
      JobId job = submit(pawl, spec("wanted-by-all-" + round));
      List<JobGrant> got = Collections.synchronizedList(new ArrayList<>());
      CyclicBarrier go = new CyclicBarrier(8);
      List<Thread> threads = hands.stream().map(hand -> Thread.ofPlatform().start(() -> {
        try {
          go.await();
        } catch (Exception e) {
          throw new AssertionError(e);
        }
        got.addAll(hand.take(5, "test.job"));
      })).toList();
      threads.forEach(EngineFixture::join);
      assertThat(got).hasSize(1);
      assertThat(state(pawl, job).epoch()).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("S3: many jobs that come due at once are each handed out once")
  void aStormOfDueJobs() {
    List<JobApi.Submission> all = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      all.add(JobApi.Submission.of(
          spec("test.job", "storm-number-" + i, "{}", 5, clock.instant().plusSeconds(60), null)));
    }
    pawl.jobs().submit(all);
    assertThat(new JobHand(pawl).take(10, "test.job")).isEmpty();
    clock.pass(Duration.ofSeconds(60));
    JobHand one = new JobHand(pawl);
    JobHand two = new JobHand(engine(config -> {}));
    Set<JobId> seen = new HashSet<>();
    for (int turn = 0; ; turn++) {
      List<JobGrant> some = (turn % 2 == 0 ? one : two).take(500, "test.job");
      if (some.isEmpty()) break;
      for (JobGrant grant : some) assertThat(seen.add(grant.job().id())).isTrue();
    }
    assertThat(seen).hasSize(3_000);
  }

  @Test
  @DisplayName("V3: a check whose answer was lost counts once")
  void aCheckCountsOnce() {
    submit(pawl, spec("test.job", "slow-effect", "{}", 5, null, null, LeaseTerms.STANDARD, RetryTerms.STANDARD,
        new CheckTerms(Duration.ofMinutes(1), 5)));
    JobHand hand = new JobHand(pawl);
    hand.report(hand.take(), new JobOutcome.OkExternal("ref-1"));
    clock.pass(Duration.ofMinutes(1));
    JobGrant check = hand.take();
    CommitJob.Ack first = hand.report(check, new JobOutcome.CheckPending(null)).get();
    CommitJob.Ack again = hand.report(check, new JobOutcome.CheckPending(null)).get();
    assertThat(first.replayed()).isFalse();
    assertThat(again.replayed()).isTrue();
    JobState job = state(pawl, check.job().id());
    assertThat(job.checks()).isEqualTo(1);
    assertThat(job.visibleAt()).isEqualTo(clock.instant().plus(Duration.ofMinutes(1)));
  }

  @Test
  @DisplayName("S1: all nodes die, and half an hour later one comes back")
  void oneComesBackAfterAllDied() {
    List<JobId> jobs = new ArrayList<>();
    for (int i = 0; i < 20; i++) jobs.add(submit(pawl, retrying("left-alone-" + i, RetryTerms.of(BackoffProfile.FAST))));
    new JobHand(pawl).take(7, "test.job");
    new JobHand(engine(config -> {})).take(7, "test.job");
    clock.pass(Duration.ofMinutes(30));
    PawlEngine back = engine(config -> {});
    JobHand hand = new JobHand(back);
    List<JobGrant> all = hand.take(50, "test.job");
    assertThat(all).hasSize(20);
    all.forEach(hand::ok);
    assertThat(jobs).allMatch(job -> state(back, job).phase() == JobPhase.SUCCEEDED);
  }
}
