package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobLimits;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobRate;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobTies;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Limits of types and of keys, kept by all nodes together. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobLimitsTest extends EngineFixture {
  JobLimitsTest(DatabaseServer server) {
    super(server);
  }

  private JobId put(String key, @Nullable String limitKey) {
    clock.pass(Duration.ofMillis(1)); // the oldest goes first
    JobSpec spec = new JobSpec("default", "test.job", key, JobHand.digest(key), null, 5,
        Instant.parse("2026-12-31T23:00:00Z"), null, null, LeaseTerms.STANDARD, RetryTerms.STANDARD,
        CheckTerms.STANDARD, Payload.json("{}"), null, null, JobTies.NONE.limitKey(limitKey));
    return JobHand.submit(pawl, spec);
  }

  private static List<String> keys(List<JobGrant> grants) {
    return grants.stream().map(grant -> grant.job().spec().key()).toList();
  }

  @Test
  void noMoreRunThanTheTypeAllows() {
    for (int i = 1; i <= 5; i++) put("job-number-" + i, null);
    JobHand early = new JobHand(pawl);
    JobGrant before = early.take(1, "test.job").getFirst();
    pawl.jobs().limit("default", "test.job", JobLimits.NONE.running(3));
    assertThat(pawl.jobs().limits("default")).containsEntry("test.job", JobLimits.NONE.running(3));

    PawlEngine second = engine(config -> {});
    JobHand other = new JobHand(second);
    List<JobGrant> some = other.take(10, "test.job");
    assertThat(keys(some)).as("what runs already counts").containsExactly("job-number-2", "job-number-3");
    assertThat(early.take(10, "test.job")).isEmpty();

    early.ok(before);
    assertThat(keys(early.take(10, "test.job"))).containsExactly("job-number-4");
    other.report(some.getFirst(), new JobOutcome.ErrRetry(JobHand.FAULT, null));
    assertThat(keys(early.take(10, "test.job"))).as("who waits for the next attempt does not run")
        .containsExactly("job-number-5");

    pawl.jobs().limit("default", "test.job", JobLimits.NONE);
    assertThat(pawl.jobs().limits("default")).isEmpty();
    clock.pass(Duration.ofSeconds(10));
    assertThat(keys(early.take(10, "test.job"))).containsExactly("job-number-2");
  }

  @Test
  void aKeyThatHasItsShareIsLookedPast() {
    for (int i = 1; i <= 600; i++) put("crowd-number-" + i, "crowd");
    put("lone-number-1", "lone");
    put("free-number-1", null);
    pawl.jobs().limit("default", "test.job", JobLimits.NONE.runningPerKey(2));
    JobHand hand = new JobHand(pawl);
    List<JobGrant> first = hand.take(10, "test.job");
    assertThat(keys(first)).containsExactly("crowd-number-1", "crowd-number-2", "lone-number-1", "free-number-1");
    hand.ok(first.get(1));
    assertThat(keys(hand.take(10, "test.job"))).containsExactly("crowd-number-3");
  }

  @Test
  void aRateHoldsOverAllNodesAndOverTime() {
    for (int i = 1; i <= 8; i++) put("job-number-" + i, null);
    pawl.jobs().limit("default", "test.job", JobLimits.NONE.rate(new JobRate(6, Duration.ofMinutes(1), 2)));
    JobHand one = new JobHand(pawl);
    JobHand two = new JobHand(engine(config -> {}));
    assertThat(one.take(10, "test.job")).hasSize(2);
    assertThat(two.take(10, "test.job")).isEmpty();
    clock.pass(Duration.ofSeconds(9));
    assertThat(two.take(10, "test.job")).isEmpty();
    clock.pass(Duration.ofSeconds(1));
    assertThat(two.take(10, "test.job")).hasSize(1);
    clock.pass(Duration.ofHours(1));
    assertThat(one.take(10, "test.job")).as("a rest saves up no more than the burst").hasSize(2);
  }

  @Test
  void aRatePerKeyIsItsOwn() {
    put("first-of-a", "a");
    put("second-of-a", "a");
    put("first-of-b", "b");
    pawl.jobs().limit("default", "test.job", JobLimits.NONE.ratePerKey(JobRate.of(1, Duration.ofSeconds(5))));
    JobHand hand = new JobHand(pawl);
    assertThat(keys(hand.take(10, "test.job"))).containsExactly("first-of-a", "first-of-b");
    clock.pass(Duration.ofSeconds(5));
    assertThat(keys(hand.take(10, "test.job"))).containsExactly("second-of-a");
  }

  @Test
  void manyNodesAtOnceGrantNoMoreThanTheLimit() throws Exception {
    for (int i = 1; i <= 60; i++) put("job-number-" + i, null);
    pawl.jobs().limit("default", "test.job", JobLimits.NONE.running(7));
    List<JobGrant> all = Collections.synchronizedList(new ArrayList<>());
    CyclicBarrier together = new CyclicBarrier(4);
    List<Thread> nodes = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      JobHand hand = new JobHand(n % 2 == 0 ? pawl : engine(config -> {}));
      nodes.add(Thread.ofPlatform().start(() -> {
        try {
          for (int round = 0; round < 5; round++) {
            together.await();
            all.addAll(hand.take(5, "test.job"));
          }
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }));
    }
    nodes.forEach(EngineFixture::join);
    assertThat(all).hasSize(7);
  }
}
