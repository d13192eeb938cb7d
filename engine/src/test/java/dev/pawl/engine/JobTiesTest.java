package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.JobBatch;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobTies;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.job.Singleton;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs that stand for others, give way to others, or are waited for together. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobTiesTest extends EngineFixture {
  private static final Singleton SYNC = new Singleton("sku-9", null, null);
  private static final Singleton DEBOUNCED = new Singleton("sku-9", Duration.ofSeconds(10), Duration.ofSeconds(25));

  JobTiesTest(DatabaseServer server) {
    super(server);
  }

  private static JobSpec spec(String key, JobTies ties) {
    return new JobSpec("default", "test.job", key, JobHand.digest(key), null, 5,
        Instant.parse("2026-12-31T23:00:00Z"), null, null, LeaseTerms.STANDARD, RetryTerms.STANDARD,
        CheckTerms.STANDARD, Payload.json("{}"), null, null, ties);
  }

  private SubmitJob.Submitted put(String key, Singleton one) {
    return JobHand.submitted(pawl, spec(key, JobTies.NONE.singleton(one)));
  }

  private List<String> states() {
    return List.of("first-of-them", "second-of-them", "third-of-them", "fourth-of-them").stream()
        .flatMap(key -> pawl.jobs().find("default", "test.job", key).stream())
        .map(job -> job.spec().key().split("-")[0] + " " + job.phase()).toList();
  }

  // ---- singletons

  @Test
  void whileOneIsOpenAnotherIsThatOne() {
    SubmitJob.Submitted first = put("first-of-them", SYNC);
    SubmitJob.Submitted second = put("second-of-them", SYNC);
    assertThat(second).isEqualTo(new SubmitJob.Submitted(first.job(), true, JobPhase.READY, null));
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    assertThat(grant.job().spec().ties().singleton()).isEqualTo(SYNC);
    assertThat(put("second-of-them", SYNC).job()).as("it runs").isEqualTo(first.job());
    assertThat(put("other-of-them", new Singleton("sku-10", null, null)).replayed()).isFalse();
    hand.ok(grant);
    SubmitJob.Submitted third = put("third-of-them", SYNC);
    assertThat(third.replayed()).isFalse();
    assertThat(states()).containsExactly("first SUCCEEDED", "third READY");
    assertThat(put("first-of-them", SYNC)).as("its own key comes first")
        .matches(again -> again.job().equals(first.job()) && again.phase() == JobPhase.SUCCEEDED);
  }

  @Test
  void oneHundredCallersOnTwoNodesGetOneJob() {
    PawlEngine other = engine(config -> {});
    Set<JobId> ids = Collections.synchronizedSet(new HashSet<>());
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      PawlEngine mine = i % 2 == 0 ? pawl : other;
      JobSpec spec = spec("caller-number-" + i, JobTies.NONE.singleton(SYNC));
      callers.add(Thread.ofVirtual().start(() -> {
        try {
          go.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        ids.add(JobHand.submitted(mine, spec).job());
      }));
    }
    go.countDown();
    callers.forEach(EngineFixture::join);
    assertThat(ids).hasSize(1);
    assertThat(new JobHand(pawl).take(100, "test.job")).hasSize(1);
  }

  // ---- debounce

  @Test
  void theNewestTakesThePlaceOfWhatHasNotBegun() {
    Instant began = clock.instant();
    put("first-of-them", DEBOUNCED);
    clock.pass(Duration.ofSeconds(9));
    put("second-of-them", DEBOUNCED);
    assertThat(states()).containsExactly("first CANCELLED", "second SCHEDULED");
    clock.pass(Duration.ofSeconds(9));
    JobId third = put("third-of-them", DEBOUNCED).job();
    assertThat(JobHand.state(pawl, third).visibleAt()).as("not beyond the most").isEqualTo(began.plusSeconds(25));
    JobHand hand = new JobHand(pawl);
    assertThat(hand.take(10, "test.job")).isEmpty();
    clock.pass(Duration.ofSeconds(7));
    JobGrant grant = hand.take();
    assertThat(grant.job().id()).isEqualTo(third);

    put("fourth-of-them", DEBOUNCED);
    assertThat(states()).as("what has begun goes on")
        .containsExactly("first CANCELLED", "second CANCELLED", "third READY", "fourth SCHEDULED");
    hand.ok(grant);
    clock.pass(Duration.ofSeconds(10));
    assertThat(hand.take().job().spec().key()).isEqualTo("fourth-of-them");
  }

  @Test
  void manyInOneBatchComeDownToTheLast() {
    List<JobApi.Submission> all = new ArrayList<>();
    for (int i = 1; i <= 30; i++) all.add(JobApi.Submission.of(spec("row-number-" + i, JobTies.NONE.singleton(DEBOUNCED))));
    assertThat(pawl.jobs().submit(all)).allMatch(answer -> answer.ok());
    clock.pass(Duration.ofMinutes(1));
    assertThat(new JobHand(pawl).take(100, "test.job")).hasSize(1);
    assertThat(pawl.jobs().counts("default")).singleElement().matches(count -> count.jobs() == 1);
  }

  @Test
  void aSingletonCannotJoinATransaction() throws Exception {
    try (Connection mine = database.dataSource().getConnection()) {
      mine.setAutoCommit(false);
      JobApi.Joined joined = pawl.jobs().inTransaction(mine).orElseThrow();
      assertThatThrownBy(() -> joined.submit(JobApi.Submission.of(spec("first-of-them", JobTies.NONE.singleton(SYNC)))))
          .isInstanceOf(JobRefusedException.class).hasMessageContaining("within a transaction of yours");
      mine.rollback();
    }
  }

  // ---- batches

  private JobId join(String key) {
    return JobHand.submit(pawl, spec(key, JobTies.NONE.batch("import-42")));
  }

  private List<String> callbacks(JobHand hand) {
    return hand.take(10, "import.done").stream().map(grant -> grant.job().spec().payload().text()).toList();
  }

  @Test
  void oneCallbackWhenAllAreOver() {
    JobHand.refused(UwerCode.NOT_FOUND, pawl.jobs().submit(List.of(
        JobApi.Submission.of(spec("first-of-them", JobTies.NONE.batch("import-42"))))).getFirst());
    pawl.jobs().openBatch("default", "import-42", "import.done").get();
    pawl.jobs().openBatch("default", "import-42", "import.done").get();
    JobHand.refused(UwerCode.KEY_CONFLICT, pawl.jobs().openBatch("default", "import-42", "other.done"));
    for (String key : List.of("first-of-them", "second-of-them", "third-of-them", "fourth-of-them")) join(key);
    PawlEngine other = engine(config -> {});
    JobHand hand = new JobHand(other);
    List<JobGrant> grants = hand.take(3, "test.job");
    hand.ok(grants.get(0));
    hand.report(grants.get(1), new JobOutcome.ErrFatal(JobHand.FAULT));
    other.tick(clock.instant());
    assertThat(callbacks(hand)).as("it is open").isEmpty();
    assertThat(pawl.jobs().closeBatch("default", "import-42").get().closedAt()).isNotNull();
    JobHand.refused(UwerCode.ILLEGAL_TRANSITION, pawl.jobs().submit(List.of(
        JobApi.Submission.of(spec("fifth-of-them", JobTies.NONE.batch("import-42"))))).getFirst());
    other.tick(clock.instant());
    assertThat(callbacks(hand)).as("two are open").isEmpty();
    hand.ok(grants.get(2));
    JobGrant last = hand.take(1, "test.job").getFirst();
    other.tick(clock.instant());
    pawl.tick(clock.instant());
    assertThat(callbacks(hand)).as("one is open").isEmpty();
    hand.ok(last);

    pawl.tick(clock.instant());
    other.tick(clock.instant());
    pawl.tick(clock.instant());
    JobApi.Batch done = pawl.jobs().batch("default", "import-42").orElseThrow();
    assertThat(done.callbackJob()).isNotNull();
    assertThat(done.jobs()).isEqualTo(4);
    assertThat(done.ended()).isEqualTo(new JobBatch.Tally(3, 1, 0, 0));
    assertThat(callbacks(hand)).containsExactly(
        "{\"batch\":\"import-42\",\"succeeded\":3,\"failed\":1,\"deadLettered\":0,\"cancelled\":0}");
  }

  @Test
  void anEmptyBatchIsOverWhenItIsClosed() {
    pawl.jobs().openBatch("default", "import-42", "import.done").get();
    pawl.jobs().closeBatch("default", "import-42").get();
    pawl.tick(clock.instant());
    assertThat(callbacks(new JobHand(pawl))).hasSize(1);
  }

  @Test
  void nodesThatFindItAtOnceBringOneCallback() {
    pawl.jobs().openBatch("default", "import-42", "import.done").get();
    JobHand hand = new JobHand(pawl);
    join("first-of-them");
    pawl.jobs().closeBatch("default", "import-42").get();
    hand.ok(hand.take());
    PawlEngine other = engine(config -> {});
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> nodes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      PawlEngine mine = i % 2 == 0 ? pawl : other;
      nodes.add(Thread.ofPlatform().start(() -> {
        try {
          go.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        mine.tick(clock.instant());
      }));
    }
    go.countDown();
    nodes.forEach(EngineFixture::join);
    assertThat(callbacks(hand)).hasSize(1);
  }

  @Test
  void prunedJobsStandForNobody() {
    put("first-of-them", SYNC);
    JobHand hand = new JobHand(pawl);
    hand.ok(hand.take());
    clock.pass(Duration.ofDays(30));
    assertThat(pawl.store().jobs().prune("default", clock.instant(), 100)).isEqualTo(1);
    assertThat(put("second-of-them", SYNC).replayed()).isFalse();
  }
}
