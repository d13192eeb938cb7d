package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.Breaker;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs whose dependency is down wait, spend nothing, and come back by degrees; all nodes agree. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobBreakerTest extends EngineFixture {
  private JobHand hand;

  JobBreakerTest(DatabaseServer server) {
    super(server);
  }

  @BeforeEach
  void needsBilling() {
    hand = new JobHand(pawl);
    pawl.jobWork().need("default", Map.of("test.job", "billing-api"));
  }

  private void meetsItDown(JobHand by, JobGrant grant) {
    by.pawl.jobWork().unavailable("default", "billing-api", "503");
    by.report(grant, new JobOutcome.Abandon());
  }

  private Breaker breaker() {
    return pawl.jobs().breakers("default").getFirst();
  }

  private List<JobId> put(int many) {
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < many; i++) ids.add(JobHand.submit(pawl, JobHand.spec("needs-billing-" + i)));
    return ids;
  }

  @Test
  void waitsWhileItIsDownAndComesBackByDegrees() {
    List<JobId> jobs = put(40);
    JobId other = JobHand.submit(pawl, JobHand.spec("free.job", "needs-nothing", "{}", 5, null, null));
    for (JobGrant grant : hand.take(Breaker.TRIP_AFTER, "test.job")) meetsItDown(hand, grant);
    assertThat(breaker().state()).isEqualTo(Breaker.State.OPEN);
    assertThat(breaker().why()).isEqualTo("503");

    PawlEngine second = engine(config -> {});
    JobHand elsewhere = new JobHand(second);
    assertThat(hand.take(50, "test.job", "free.job")).singleElement().matches(grant -> grant.job().id().equals(other));
    assertThat(elsewhere.take(50, "test.job")).isEmpty();
    for (JobId job : jobs) {
      assertThat(JobHand.state(pawl, job)).matches(state -> state.attempt() == 1 && state.losses() == 0);
    }

    clock.pass(Duration.ofSeconds(10));
    List<JobGrant> one = elsewhere.take(50, "test.job");
    assertThat(one).hasSize(1);
    assertThat(hand.take(50, "test.job")).as("one at a time, wherever").isEmpty();
    elsewhere.ok(one.getFirst());
    second.tick(clock.instant());
    int done = 1;
    for (int most = 2; most <= 16; most *= 2) {
      List<JobGrant> some = freshHand().take(50, "test.job");
      assertThat(some).hasSize(most);
      for (JobGrant grant : some) last.ok(grant);
      last.pawl.tick(clock.instant());
      done += most;
    }
    assertThat(done).isEqualTo(31);
  }

  private JobHand last;

  /** On a node that has just been started: it knows what the database knows. */
  private JobHand freshHand() {
    return last = new JobHand(engine(config -> {}));
  }

  @Test
  void oneFailureWhileItComesBackIsEnough() {
    put(10);
    for (JobGrant grant : hand.take(Breaker.TRIP_AFTER, "test.job")) meetsItDown(hand, grant);
    clock.pass(Duration.ofSeconds(10));
    JobHand next = freshHand();
    meetsItDown(next, next.take(5, "test.job").getFirst());
    assertThat(breaker()).matches(there -> there.state() == Breaker.State.OPEN && there.trips() == 2);
    clock.pass(Duration.ofSeconds(19));
    assertThat(freshHand().take(5, "test.job")).isEmpty();
    clock.pass(Duration.ofSeconds(1));
    assertThat(freshHand().take(5, "test.job")).hasSize(1);
  }

  @Test
  void anOperatorClosesTheTapAndOpensIt() {
    put(3);
    pawl.jobs().trip("default", "billing-api", "maintenance until six");
    assertThat(hand.take(5, "test.job")).isEmpty();
    clock.pass(Duration.ofDays(2));
    assertThat(hand.take(5, "test.job")).isEmpty();
    assertThat(pawl.jobs().probe("default", "billing-api").state()).isEqualTo(Breaker.State.PROBING);
    assertThat(hand.take(5, "test.job")).hasSize(1);
    assertThat(pawl.jobs().breakers("elsewhere")).isEmpty();
  }
}
