package dev.pawl.engine;

import static dev.pawl.engine.JobHand.refused;
import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static dev.pawl.engine.JobHand.submitted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a key promises to whoever hands a job in. Ids in the names are the contract's. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobKeysTest extends JobFixture {

  JobKeysTest(DatabaseServer server) {
    super(server);
  }

  @Test
  @DisplayName("K1-K3: one key is one job")
  void oneKeyIsOneJob() {
    SubmitJob.Submitted first = submitted(pawl, spec("order-12345"));
    SubmitJob.Submitted again = submitted(pawl, spec("order-12345"));
    assertThat(again).isEqualTo(new SubmitJob.Submitted(first.job(), true, JobPhase.READY, null));
    refused(UwerCode.KEY_CONFLICT, pawl.jobs().submit(List.of(
        JobApi.Submission.of(spec("test.job", "order-12345", "{\"other\":1}", 5, null, null)))).getFirst());
    JobHand hand = new JobHand(pawl);
    hand.ok(hand.take());
    assertThat(submitted(pawl, spec("order-12345")).ending().result()).isEqualTo(Payload.json("\"done\""));
    assertThat(submitted(pawl, spec("order-67890")).replayed()).isFalse();
  }

  @Test
  @DisplayName("K2: the same submission of 100 callers at once is one job")
  void oneHundredCallersGetOneJob() throws Exception {
    Set<JobId> ids = Collections.synchronizedSet(new HashSet<>());
    List<Boolean> replayed = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch go = new CountDownLatch(1);
    PawlEngine other = engine(config -> {});
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      PawlEngine mine = i % 2 == 0 ? pawl : other;
      callers.add(Thread.ofVirtual().start(() -> {
        try {
          go.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        SubmitJob.Submitted answer = submitted(mine, spec("order-12345"));
        ids.add(answer.job());
        replayed.add(answer.replayed());
      }));
    }
    go.countDown();
    callers.forEach(EngineFixture::join);
    assertThat(ids).hasSize(1);
    assertThat(replayed).hasSize(100).filteredOn(was -> !was).hasSize(1);
  }

  @Test
  @DisplayName("X6: one bad item of a batch harms no other")
  void oneBadItemHarmsNoOther() {
    List<JobApi.Submission> batch = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      batch.add(JobApi.Submission.of(i == 77
          ? spec("test.job", "key-with-\0-in-it", "{}", 5, null, null)
          : i == 78 ? spec("test.job", "deadline-first", "{}", 5, null, clock.instant()) : spec("order-" + i)));
    }
    List<JobAnswer<SubmitJob.Submitted>> answers = pawl.jobs().submit(batch);
    for (int i = 0; i < 500; i++) {
      if (i == 77) refused(UwerCode.SCHEMA_VIOLATION, answers.get(i));
      else if (i == 78) refused(UwerCode.IMPOSSIBLE_TIMING, answers.get(i));
      else assertThat(answers.get(i).ok()).isTrue();
    }
    assertThat(new JobHand(pawl).take(1_000, "test.job")).hasSize(498);
  }

  @Test
  @DisplayName("K5, K6, CP16: a key counts for seven days after the end, then the job is forgotten")
  void keysCountForAWeek() {
    JobHand hand = new JobHand(pawl);
    pawl.putNamespace(new dev.pawl.engine.store.Store.Namespace("default", "", Duration.ofMinutes(1)));
    JobId id = submit(pawl, spec("order-12345"));
    hand.ok(hand.take());
    JobId open = submit(pawl, spec("test.other", "order-12345", "{}", 5, clock.instant().plus(Duration.ofDays(20)), null));
    clock.pass(Duration.ofDays(7));
    tickUntilQuiet();
    assertThat(submitted(pawl, spec("order-12345")).replayed()).isTrue();
    clock.pass(Duration.ofMinutes(1));
    tickUntilQuiet();
    assertThat(pawl.jobs().get("default", id)).isEmpty();
    assertThat(state(pawl, open).phase()).isEqualTo(JobPhase.SCHEDULED);
    assertThat(submitted(pawl, spec("order-12345")).replayed()).isFalse();
  }
}
