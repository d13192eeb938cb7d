package dev.pawl.engine;

import static dev.pawl.engine.JobHand.refused;
import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobEvent;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.job.Transition;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.task.LossBudget;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Until;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may work on a job, and what becomes of it when its holder is lost. Ids in the names are the contract's. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobLeasesTest extends JobFixture {
  private static final Duration SOON = Duration.ofMinutes(1);

  JobLeasesTest(DatabaseServer server) {
    super(server);
  }

  @Test
  @DisplayName("L1, F1, F2, L6: a lost worker's job passes on, and the zombie changes nothing")
  void aZombieChangesNothing() {
    JobId id = submit(pawl, spec("order-12345"));
    JobHand zombie = new JobHand(pawl);
    JobGrant old = zombie.take();
    clock.pass(Duration.ofSeconds(16));
    JobHand heir = new JobHand(pawl);
    JobGrant grant = heir.take(); // no duty ran: the claim took it back
    assertThat(grant.job().epoch()).isEqualTo(2);
    assertThat(grant.job().losses()).isEqualTo(1);
    refused(UwerCode.STALE_EPOCH, zombie.ok(old));
    refused(UwerCode.STALE_EPOCH, zombie.fail(old));
    refused(UwerCode.STALE_EPOCH, zombie.report(old, new JobOutcome.Abandon()));
    refused(UwerCode.STALE_EPOCH, pawl.jobWork().progress(List.of(
        new JobWorkApi.Progress(id, 1, zombie.session, 5))).getFirst());
    assertThat(state(pawl, id).lease().session()).isEqualTo(heir.session);
    assertThat(heir.ok(grant).ok()).isTrue();
    List<Transition> ledger = pawl.jobs().ledger("default", id, 100);
    assertThat(ledger).filteredOn(line -> line.refused() == null).extracting(line -> line.event().name())
        .containsExactly("SUBMIT", "NODE_LOST", "OK");
    assertThat(ledger).filteredOn(line -> line.refused() != null).hasSize(3);
  }

  @Test
  @DisplayName("X4: a job that kills its nodes is stopped by its fifth loss, its attempts untouched")
  void aKillerIsStopped() {
    JobId id = submit(pawl, spec("order-12345"));
    for (int loss = 1; loss <= 5; loss++) {
      JobGrant grant = new JobHand(pawl).take();
      assertThat(grant.job().attempt()).isEqualTo(1);
      clock.pass(Duration.ofSeconds(16));
      pawl.store().expireSessions();
      pawl.tick(clock.instant());
      if (loss == 5) break;
      Duration rest = LossBudget.delay(loss, id.toString()).orElseThrow();
      JobState waiting = state(pawl, id);
      assertThat(waiting.losses()).isEqualTo(loss);
      assertThat(waiting.visibleAt()).isEqualTo(clock.instant().plus(rest));
      clock.pass(rest);
    }
    assertThat(state(pawl, id).ending().cause()).isEqualTo(DeadLetterCause.LEASE_LOSSES);
    assertThat(letters().getFirst().redriveAt()).isEqualTo(clock.instant().plus(Duration.ofMinutes(15)));
    clock.pass(Duration.ofMinutes(15));
    tickUntilQuiet();
    assertThat(letters()).isEmpty();
    JobState again = state(pawl, id);
    assertThat(again.redrives()).isEqualTo(1);
    assertThat(new JobHand(pawl).take().job().epoch()).isEqualTo(6);
  }

  @Test
  @DisplayName("L7: late but not revoked counts")
  void aLateCommitCountsIfNobodyRevoked() {
    JobId id = submit(pawl, spec("order-12345"));
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    clock.pass(Duration.ofMinutes(5));
    assertThat(hand.ok(grant).get().phase()).isEqualTo(JobPhase.SUCCEEDED);
    assertThat(state(pawl, id).losses()).isZero();
  }

  @Test
  @DisplayName("F5: the same report again gets the same answer for ever, another one a conflict")
  void theSameReportGetsTheSameAnswer() {
    JobId id = submit(pawl, spec("order-12345"));
    JobHand hand = new JobHand(pawl);
    JobGrant first = hand.take();
    assertThat(hand.fail(first).get().replayed()).isFalse();
    clock.pass(Duration.ofHours(1));
    hand = new JobHand(pawl);
    JobGrant second = hand.take();
    hand.ok(second);
    for (PawlEngine node : List.of(pawl, engine(config -> {}))) {
      var report = JobWorkApi.Report.of(first, first.job().lease().session(),
          new JobOutcome.ErrRetry(JobHand.FAULT, null), List.of());
      var ack = node.jobWork().report(List.of(report)).getFirst().get();
      assertThat(ack.replayed()).isTrue();
      assertThat(ack.phase()).isEqualTo(JobPhase.SCHEDULED);
      assertThat(node.jobWork().report(List.of(JobWorkApi.Report.of(second, hand.session,
          new JobOutcome.Ok(Payload.json("\"done\"")), List.of()))).getFirst().get().replayed()).isTrue();
    }
    refused(UwerCode.COMMIT_CONFLICT, hand.report(second, new JobOutcome.Ok(Payload.json("\"else\""))));
    assertThat(events(id)).containsExactly("SUBMIT", "ERR_RETRY", "DUE", "OK");
  }

  @Test
  @DisplayName("L3: what a session holds but does not list is nobody's work")
  void anUnlistedLeaseIsTakenBack() {
    JobId id = submit(pawl, spec("order-12345"));
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    assertThat(hand.beat(grant).lost()).isEmpty();
    for (int i = 0; i < 4; i++) {
      clock.pass(Duration.ofSeconds(5));
      hand.beat();
    }
    assertThat(state(pawl, id).leased()).isFalse();
    assertThat(hand.beat(grant).lost()).containsExactly(grant.token());
    assertThat(events(id)).contains("LEASE_UNLISTED");
    refused(UwerCode.ILLEGAL_TRANSITION, hand.ok(grant));
  }

  @Test
  @DisplayName("L5: a handler that gets nowhere loses its lease, one that says that it gets on does not")
  void aHungHandlerLosesItsLease() {
    JobSpec slow = spec("test.job", "order-12345", "{}", 5, null, null, new LeaseTerms(Duration.ofSeconds(15),
        Duration.ofMinutes(1), Duration.ofMinutes(3)), RetryTerms.STANDARD, CheckTerms.STANDARD);
    JobId id = submit(pawl, slow);
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    for (int i = 0; i < 10; i++) { // 50 s
      clock.pass(Duration.ofSeconds(5));
      hand.beat(grant);
    }
    assertThat(pawl.jobWork().progress(List.of(new JobWorkApi.Progress(id, 1, hand.session, 1))).getFirst().ok()).isTrue();
    assertThat(state(pawl, id).lease().progress()).isEqualTo(1);
    for (int i = 0; i < 11; i++) { // 55 s more
      clock.pass(Duration.ofSeconds(5));
      hand.beat(grant);
      pawl.tick(clock.instant());
    }
    assertThat(state(pawl, id).leased()).isTrue();
    clock.pass(Duration.ofSeconds(5));
    hand.beat(grant);
    tickUntilQuiet();
    JobState timedOut = state(pawl, id);
    assertThat(timedOut.leased()).isFalse();
    assertThat(timedOut.attempt()).isEqualTo(2);
    assertThat(timedOut.losses()).isZero();
    assertThat(events(id)).containsExactly("SUBMIT", "PROGRESS_TIMEOUT");
  }

  @Test
  void anAttemptThatTakesTooLongIsOver() {
    JobSpec quick = spec("test.job", "order-12345", "{}", 5, null, null, new LeaseTerms(Duration.ofSeconds(15),
        Duration.ofMinutes(1), Duration.ofSeconds(2)), RetryTerms.of(BackoffProfile.NONE), CheckTerms.STANDARD);
    JobId id = submit(pawl, quick);
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    clock.pass(Duration.ofSeconds(2));
    tickUntilQuiet();
    assertThat(state(pawl, id).ending().cause()).isEqualTo(DeadLetterCause.EXEC_TIMEOUT);
    refused(UwerCode.ILLEGAL_TRANSITION, hand.ok(grant));
  }

  @Test
  @DisplayName("L2: of two dispatchers that find the same lost lease one takes it back; the other's refusal is a line and counts nothing")
  void aLostLeaseIsLostOnce() {
    JobId id = submit(pawl, spec("lost-before-two"));
    new JobHand(pawl).take();
    PawlEngine other = engine(config -> {});
    clock.pass(Duration.ofSeconds(20));
    Failpoint.REVOKE_BEFORE.arm(Failpoint.Act.PAUSE, 0);
    try {
      Thread one = Thread.ofPlatform().start(() -> pawl.tick(clock.instant()));
      Thread two = Thread.ofPlatform().start(() -> other.tick(clock.instant()));
      Until.holds(Duration.ofSeconds(60), () -> Failpoint.REVOKE_BEFORE.acted() == 2);
      Failpoint.disarmAll();
      join(one);
      join(two);
    } finally {
      Failpoint.disarmAll();
    }
    assertThat(state(pawl, id)).matches(job -> job.losses() == 1 && !job.leased() && job.epoch() == 1);
    assertThat(pawl.jobs().ledger("default", id, 100)).filteredOn(line -> line.event() == JobEvent.NODE_LOST)
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).matches(it -> it.end() != null && it.refused() == null),
            line -> assertThat(line).matches(it -> it.end() == null && it.refused() == UwerCode.ILLEGAL_TRANSITION));
  }

  /** {@code -Dpawl.races=10000} runs as many as the contract wants. */
  private static final int RACES = Integer.getInteger("pawl.races", 50);

  @Test
  @DisplayName("F4: a revocation and a commit at once: one of them wins")
  void oneOfTwoWins() throws Exception {
    PawlEngine other = engine(config -> {});
    JobHand hand = new JobHand(pawl);
    for (int round = 0; round < RACES; round++) {
      JobId id = submit(pawl, spec("race-number-" + round));
      JobGrant grant = hand.take();
      CountDownLatch go = new CountDownLatch(1);
      List<Boolean> committed = Collections.synchronizedList(new ArrayList<>());
      List<Boolean> revoked = Collections.synchronizedList(new ArrayList<>());
      Thread one = Thread.ofPlatform().start(() -> {
        awaited(go);
        committed.add(hand.ok(grant).ok());
      });
      Thread two = Thread.ofPlatform().start(() -> {
        awaited(go);
        revoked.add(other.jobs().operate("default", id, new OperatorAct.ForceRevoke(), papers(), 1, false).ok());
      });
      go.countDown();
      join(one);
      join(two);
      assertThat(committed.getFirst()).isNotEqualTo(revoked.getFirst());
      if (revoked.getFirst()) hand.ok(hand.take());
      assertThat(state(pawl, id).phase()).isEqualTo(JobPhase.SUCCEEDED);
    }
  }

  @Test
  @DisplayName("A poll that waits brings nothing to a worker that has said that it wants no more")
  void whoDrainsIsGivenNothing() throws Exception {
    JobHand leaving = new JobHand(pawl);
    var poll = new FutureTask<>(() -> pawl.jobWork().poll(new JobWorkApi.Poll(
        leaving.session, "default", List.of("test.job"), 1, Duration.ofMinutes(5))));
    Thread thread = Thread.ofPlatform().daemon().start(poll);
    Until.holds(SOON, () -> thread.getState() == Thread.State.TIMED_WAITING);
    leaving.drain();
    JobId id = submit(pawl, spec("order-12345"));
    assertThat(poll.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEmpty();
    assertThat(leaving.take(1, "test.job")).isEmpty();
    assertThat(state(pawl, id).leased()).isFalse();
    leaving.beat();
    leaving.ok(leaving.take());
  }

  private List<JobApi.DeadLetter> letters() {
    return pawl.jobs().deadLetters(query(100, null)).items();
  }

  private static void awaited(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static JobApi.DeadLetters query(int limit, String after) {
    return new JobApi.DeadLetters("default", null, null, limit, after);
  }
}
