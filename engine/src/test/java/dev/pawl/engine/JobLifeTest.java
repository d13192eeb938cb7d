package dev.pawl.engine;

import static dev.pawl.engine.JobHand.refused;
import static dev.pawl.engine.JobHand.retrying;
import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static dev.pawl.engine.JobHand.submitted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobEvent;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.job.Transition;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.task.LossBudget;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs from their submission to their end, told by a hand-written worker. Ids in the names are the contract's. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobLifeTest extends EngineFixture {
  private static final Actor CALLER = new Actor(Actor.Kind.CALLER, "test");

  JobLifeTest(DatabaseServer server) {
    super(server);
  }

  @AfterEach
  void nothingIsForgotten() {
    assertThat(pawl.store().jobs().orphans(Duration.ofHours(1), 10)).as("I4").isEmpty();
  }

  @Test
  void runsAJobFromSubmissionToResult() {
    JobId id = submit(pawl, spec("test.job", "order-12345", "{\"sku\":991,\"name\":\"böx \\\"1\\\"\"}", 5, null, null));
    JobState waiting = state(pawl, id);
    assertThat(waiting.phase()).isEqualTo(JobPhase.READY);
    assertThat(waiting.spec().payload()).isEqualTo(Payload.json("{\"sku\":991,\"name\":\"böx \\\"1\\\"\"}"));

    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    assertThat(grant.job().id()).isEqualTo(id);
    assertThat(grant.job().epoch()).isEqualTo(1);
    assertThat(state(pawl, id)).isEqualTo(grant.job());
    assertThat(hand.take(10, "test.job")).isEmpty();

    assertThat(hand.ok(grant).get().phase()).isEqualTo(JobPhase.SUCCEEDED);
    JobState done = state(pawl, id);
    assertThat(done.phase()).isEqualTo(JobPhase.SUCCEEDED);
    assertThat(done.ending().result()).isEqualTo(Payload.json("\"done\""));
    assertThat(events(id)).containsExactly("SUBMIT", "OK");
    assertThat(pawl.jobs().find("default", "test.job", "order-12345")).contains(done);
    assertThat(pawl.jobs().get("elsewhere", id)).isEmpty();
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
  void handsOutByPriorityAndThenByAge() {
    submit(pawl, spec("test.job", "usual-one", "{}", 5, null, null));
    clock.pass(Duration.ofMillis(1));
    submit(pawl, spec("test.job", "usual-two", "{}", 5, null, null));
    submit(pawl, spec("test.job", "last-of-all", "{}", 9, null, null));
    submit(pawl, spec("test.job", "first-of-all", "{}", 0, null, null));
    submit(pawl, spec("test.other", "another-type", "{}", 0, null, null));
    JobHand hand = new JobHand(pawl);
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 4; i++) order.add(hand.take(1, "test.job").getFirst().job().spec().key());
    assertThat(order).containsExactly("first-of-all", "usual-one", "usual-two", "last-of-all");
    assertThat(hand.take(10, "test.job", "test.other")).extracting(g -> g.job().spec().type())
        .containsExactly("test.other");
  }

  @Test
  void aDelayedJobIsHandedOutWhenItIsDue() {
    Instant start = clock.instant().plus(Duration.ofHours(30));
    JobId id = submit(pawl, spec("test.job", "later-12345", "{}", 5, start, null));
    assertThat(state(pawl, id).phase()).isEqualTo(JobPhase.SCHEDULED);
    JobHand hand = new JobHand(pawl);
    clock.pass(Duration.ofHours(30).minusMillis(1));
    JobHand other = new JobHand(pawl);
    assertThat(other.take(10, "test.job")).isEmpty();
    clock.pass(Duration.ofMillis(1));
    assertThat(other.take().job().id()).isEqualTo(id);
    assertThat(hand.take(1, "test.job")).isEmpty();
    assertThat(events(id)).containsExactly("SUBMIT", "DUE");
  }

  @Test
  @DisplayName("D1, D2: waits as the table says, to the millisecond, then the dead letter keeps everything")
  void backsOffToTheMillisecondAndEndsAsADeadLetter() {
    JobId id = submit(pawl, retrying("order-12345", RetryTerms.of(BackoffProfile.FAST)));
    JobHand hand = new JobHand(pawl);
    for (int attempt = 1; attempt < 5; attempt++) {
      JobGrant grant = hand.take();
      assertThat(grant.job().attempt()).isEqualTo(attempt);
      assertThat(hand.fail(grant).get().phase()).isEqualTo(JobPhase.SCHEDULED);
      Duration wait = BackoffProfile.FAST.delay(id, attempt, null);
      assertThat(state(pawl, id).visibleAt()).isEqualTo(clock.instant().plus(wait));
      clock.pass(wait.minusMillis(1));
      assertThat(hand.take(1, "test.job")).isEmpty();
      clock.pass(Duration.ofMillis(1));
    }
    assertThat(hand.fail(hand.take()).get().phase()).isEqualTo(JobPhase.DEAD_LETTERED);
    JobState dead = state(pawl, id);
    assertThat(dead.ending().cause()).isEqualTo(DeadLetterCause.ATTEMPTS_EXHAUSTED);
    assertThat(dead.lastError()).isEqualTo(JobHand.FAULT);
    assertThat(dead.attempt()).isEqualTo(5);
    JobApi.DeadLetter letter = letters().getFirst();
    assertThat(letter).isEqualTo(new JobApi.DeadLetter(id, "test.job", DeadLetterCause.ATTEMPTS_EXHAUSTED,
        clock.instant(), JobHand.FAULT, null));
    assertThat(events(id)).containsExactly("SUBMIT", "ERR_RETRY", "DUE", "ERR_RETRY", "DUE", "ERR_RETRY", "DUE",
        "ERR_RETRY", "DUE", "ERR_RETRY");
  }

  @Test
  @DisplayName("F6: what ran before a redrive can never commit")
  void whatRanBeforeARedriveCannotCommit() {
    JobId id = submit(pawl, retrying("order-12345", RetryTerms.of(BackoffProfile.NONE)));
    JobHand hand = new JobHand(pawl);
    JobGrant old = hand.take();
    hand.fail(old);
    assertThat(redrive(id, papers()).get().to()).isEqualTo(JobPhase.READY);
    assertThat(letters()).isEmpty();
    refused(UwerCode.COMMIT_CONFLICT, hand.ok(old));
    JobGrant again = hand.take();
    assertThat(again.job().epoch()).isEqualTo(2);
    assertThat(again.job().attempt()).isEqualTo(1);
    assertThat(hand.ok(again).get().phase()).isEqualTo(JobPhase.SUCCEEDED);
    refused(UwerCode.ILLEGAL_TRANSITION, redrive(id, papers()));
    assertThat(events(id)).containsExactly("SUBMIT", "ERR_RETRY", "REDRIVE", "OK", "REDRIVE");
  }

  private JobAnswer<dev.pawl.core.job.OperateJob.Operated> redrive(JobId id, OperatorPapers papers) {
    return pawl.jobs().operate("default", id, new OperatorAct.Redrive(), papers, state(pawl, id).epoch(), false);
  }

  private static OperatorPapers papers() {
    return JobHand.papers();
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
  void aDeadlineEndsWhatWaitsAndSparesWhatSucceeds() {
    Instant soon = clock.instant().plus(Duration.ofMinutes(1));
    JobId waiting = submit(pawl, spec("test.other", "order-12345", "{}", 5, null, soon));
    JobId worked = submit(pawl, spec("test.job", "order-12345", "{}", 5, null, soon));
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    clock.pass(Duration.ofMinutes(1));
    hand.beat(grant);
    assertThat(hand.take(10, "test.other")).isEmpty();
    tickUntilQuiet();
    assertThat(state(pawl, waiting).ending().cause()).isEqualTo(DeadLetterCause.DEADLINE);
    assertThat(state(pawl, worked).deadlinePassed()).isTrue();
    assertThat(hand.ok(grant).get().phase()).isEqualTo(JobPhase.SUCCEEDED);
  }

  @Test
  @DisplayName("V1, V2: an external effect is checked, or called back about, or given up")
  void anExternalEffectIsLookedAfter() {
    CheckTerms often = new CheckTerms(Duration.ofSeconds(10), 2);
    JobHand hand = new JobHand(pawl);
    List<JobId> ids = new ArrayList<>();
    for (String key : List.of("checked-1", "called-back", "refused-1", "forgotten")) {
      ids.add(submit(pawl, spec("test.job", key, "{}", 5, null, null, LeaseTerms.STANDARD, RetryTerms.STANDARD, often)));
      assertThat(hand.report(hand.take(), new JobOutcome.OkExternal("psp/" + key)).get().phase())
          .isEqualTo(JobPhase.AWAITING);
    }
    JobApi.CallbackToken token = new JobApi.CallbackToken(ids.get(1), 1);
    assertThat(JobApi.CallbackToken.parse(token.toString())).isEqualTo(token);
    String digest = JobHand.digest("paid");
    JobApi.Callback paid = new JobApi.Callback(token, digest, Payload.json("\"paid\""), null, CALLER);
    assertThat(pawl.jobs().callback(paid).get()).isEqualTo(JobPhase.SUCCEEDED);
    assertThat(pawl.jobs().callback(paid).get()).isEqualTo(JobPhase.SUCCEEDED);
    assertThat(state(pawl, ids.get(1)).ending().result()).isEqualTo(Payload.json("\"paid\""));

    clock.pass(Duration.ofSeconds(10));
    List<JobGrant> checks = hand.take(10, "test.job");
    assertThat(checks).hasSize(3).allMatch(g -> g.stage() == dev.pawl.core.job.Stage.CHECK);
    for (JobGrant check : checks) {
      assertThat(check.job().externalRef()).isEqualTo("psp/" + check.job().spec().key());
      switch (check.job().spec().key()) {
        case "checked-1" -> assertThat(hand.report(check, new JobOutcome.CheckOk(null)).get().phase())
            .isEqualTo(JobPhase.SUCCEEDED);
        case "refused-1" -> assertThat(hand.report(check, new JobOutcome.CheckRejected(JobHand.FAULT, null)).get()
            .phase()).isEqualTo(JobPhase.SCHEDULED);
        default -> assertThat(hand.report(check, new JobOutcome.CheckPending(null)).get().phase())
            .isEqualTo(JobPhase.AWAITING);
      }
    }
    clock.pass(Duration.ofSeconds(10));
    hand = new JobHand(pawl);
    for (JobGrant grant : hand.take(10, "test.job")) {
      if (grant.stage() == dev.pawl.core.job.Stage.CHECK) hand.report(grant, new JobOutcome.CheckPending(null));
    }
    assertThat(state(pawl, ids.get(3)).ending().cause()).isEqualTo(DeadLetterCause.VERIFY_TIMEOUT);
    assertThat(state(pawl, ids.get(2)).externalRef()).isNull();
  }

  @Test
  void aCancelReachesWhoeverWorks() {
    JobId waiting = submit(pawl, spec("test.other", "order-12345", "{}", 5, null, null));
    assertThat(pawl.jobs().cancel("default", waiting, CALLER).get()).isEqualTo(JobPhase.CANCELLED);
    JobId worked = submit(pawl, spec("order-12345"));
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    assertThat(pawl.jobs().cancel("default", worked, CALLER).get()).isEqualTo(JobPhase.READY);
    assertThat(hand.beat(grant).cancel()).containsExactly(grant.token());
    for (int i = 0; i < 6; i++) { // 30 s
      clock.pass(Duration.ofSeconds(5));
      hand.beat(grant);
    }
    tickUntilQuiet();
    assertThat(state(pawl, worked).phase()).isEqualTo(JobPhase.CANCELLED);
    refused(UwerCode.ILLEGAL_TRANSITION, hand.ok(grant));
  }

  @Test
  @DisplayName("U1-U3: nobody acts without papers, and every attempt is in the audit")
  void nobodyActsWithoutPapers() {
    JobId id = submit(pawl, spec("order-12345"));
    OperatorAct hold = new OperatorAct.Hold(Duration.ofHours(1));
    OperatorPapers none = new OperatorPapers(
        "ada", "admin", "cli", null, OperatorPapers.Standing.NOT_ASKED, "the provider is down", "req", null);
    refused(UwerCode.TICKET_MISSING, pawl.jobs().operate("default", id, hold, none, 0, false));
    refused(UwerCode.STALE_EPOCH, pawl.jobs().operate("default", id, hold, papers(), 7, false));
    refused(UwerCode.NOT_FOUND, pawl.jobs().operate("elsewhere", id, hold, papers(), 0, false));
    assertThat(pawl.jobs().operate("default", id, hold, papers(), 0, true).get().dryRun()).isTrue();
    assertThat(state(pawl, id).phase()).isEqualTo(JobPhase.READY);

    assertThat(pawl.jobs().operate("default", id, hold, papers(), 0, false).get().to()).isEqualTo(JobPhase.HELD);
    JobHand hand = new JobHand(pawl);
    assertThat(hand.take(1, "test.job")).isEmpty();
    clock.pass(Duration.ofHours(1));
    tickUntilQuiet();
    hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    refused(UwerCode.LEASED, pawl.jobs().operate("default", id, new OperatorAct.ForceFail(), papers(), 1, false));
    pawl.jobs().operate("default", id, new OperatorAct.ForceRevoke(), papers(), 1, false).get();
    refused(UwerCode.ILLEGAL_TRANSITION, hand.ok(grant));
    pawl.jobs().operate("default", id, new OperatorAct.ForceSucceed("receipt 4711", Payload.json("1")), papers(), 1,
        false).get();
    assertThat(state(pawl, id).ending().result()).isEqualTo(Payload.json("1"));
    List<Transition> ledger = pawl.jobs().ledger("default", id, 100);
    assertThat(ledger).filteredOn(line -> line.refused() != null).extracting(line -> line.refused().wire())
        .contains("UWER-4031", "UWER-4094", "UWER-4099");
    assertThat(ledger).filteredOn(line -> line.event().manual() && line.refused() == null)
        .extracting(line -> line.event() + " " + line.papers().ticket())
        .containsExactly("HOLD OPS-123", "FORCE_REVOKE OPS-123", "FORCE_SUCCEED OPS-123");
  }

  @Test
  void deadLettersAreListedDrivenAgainAndDiscarded() {
    JobHand hand = new JobHand(pawl);
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clock.pass(Duration.ofMillis(1));
      ids.add(submit(pawl, retrying("order-" + i, RetryTerms.of(BackoffProfile.NONE))));
      hand.fail(hand.take());
    }
    JobApi.Page<JobApi.DeadLetter> page = pawl.jobs().deadLetters(query(2, null));
    assertThat(page.items()).extracting(JobApi.DeadLetter::job).containsExactly(ids.get(4), ids.get(3));
    page = pawl.jobs().deadLetters(query(2, page.next()));
    assertThat(page.items()).extracting(JobApi.DeadLetter::job).containsExactly(ids.get(2), ids.get(1));

    assertThat(pawl.jobs().discard("default", ids.get(0), papers()).get()).isTrue();
    assertThat(pawl.jobs().get("default", ids.get(0))).isEmpty();

    assertThatThrownBy(() -> pawl.jobs().redrive(order(false, false))).isInstanceOf(JobRefusedException.class)
        .hasMessageContaining("dry run");
    assertThat(pawl.jobs().redrive(order(true, false)))
        .isEqualTo(new JobApi.RedriveReport(4, 4, 0, null, null));
    assertThat(letters()).hasSize(4);
    assertThat(pawl.jobs().redrive(order(false, true)).redriven()).isEqualTo(4);
    assertThat(letters()).isEmpty();
    assertThat(hand.take(10, "test.job")).hasSize(4);
  }

  private JobApi.RedriveOrder order(boolean dryRun, boolean rehearsed) {
    return new JobApi.RedriveOrder(query(100, null), null, papers(), dryRun, rehearsed, 0, 0, 0, Duration.ZERO);
  }

  @Test
  void aBadCanaryStopsTheRedrive() {
    JobHand hand = new JobHand(pawl);
    for (int i = 0; i < 4; i++) {
      submit(pawl, retrying("order-" + i, RetryTerms.of(BackoffProfile.NONE)));
      hand.fail(hand.take());
    }
    // Nobody works on the canary, so it is not over when the patience is.
    JobApi.RedriveReport report = pawl.jobs().redrive(new JobApi.RedriveOrder(
        query(100, null), null, papers(), false, true, 0.25, 0, 0, Duration.ZERO));
    assertThat(report.redriven()).isEqualTo(1);
    assertThat(report.halted()).contains("1 of the first 1");
    assertThat(letters()).hasSize(3);
  }

  @Test
  void aRedriveThatGoesBadOnTheWayStops() {
    JobHand hand = new JobHand(pawl);
    for (int i = 0; i < 150; i++) submit(pawl, retrying("order-" + i, RetryTerms.of(BackoffProfile.NONE)));
    hand.take(200, "test.job").forEach(hand::fail);
    AtomicBoolean over = new AtomicBoolean();
    Thread worker = Thread.ofPlatform().start(() -> {
      while (!over.get()) hand.take(200, "test.job").forEach(hand::fail);
    });
    try {
      JobApi.RedriveReport report = pawl.jobs().redrive(new JobApi.RedriveOrder(
          query(1_000, null), null, papers(), false, true, 0, 20, 0.5, Duration.ZERO));
      assertThat(report.halted()).contains("have died again");
      assertThat(report.redriven()).isBetween(20, 149);
    } finally {
      over.set(true);
      EngineFixture.join(worker);
    }
  }

  @Test
  void aJobInTheCallersTransactionLivesIfThatCommits() throws Exception {
    try (Connection connection = database.dataSource().getConnection()) {
      try (Statement own = connection.createStatement()) {
        own.execute("create table orders (id integer)");
      }
      connection.setAutoCommit(false);
      try (Statement own = connection.createStatement()) {
        own.execute("insert into orders values (1)"); // from here on SQLite's writer is this transaction
      }
      pawl.jobs().inTransaction(connection).orElseThrow().submit(JobApi.Submission.of(spec("rolled-back")));
      connection.rollback();
      pawl.jobs().inTransaction(connection).orElseThrow().submit(JobApi.Submission.of(spec("committed-1")));
      if (!server.name().equals("sqlite")) assertThat(new JobHand(pawl).take(10, "test.job")).isEmpty();
      connection.commit();
      assertThat(pawl.jobs().inTransaction(connection).orElseThrow().submit(JobApi.Submission.of(spec("committed-1"))).replayed()).isTrue();
      connection.commit();
    }
    assertThat(new JobHand(pawl).take().job().spec().key()).isEqualTo("committed-1");
  }

  @Test
  @DisplayName("A1: what a report brings about is there with it, or not at all")
  void spawnedJobsComeWithTheReport() {
    JobId id = submit(pawl, spec("order-12345"));
    submit(pawl, spec("test.child", "taken-key", "{\"other\":1}", 5, null, null));
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    JobOutcome ok = new JobOutcome.Ok(null);
    List<JobSpec> bad = List.of(spec("test.child", "child-one", "{}", 5, null, null),
        spec("test.child", "taken-key", "{}", 5, null, null));
    refused(UwerCode.KEY_CONFLICT,
        pawl.jobWork().report(List.of(JobWorkApi.Report.of(grant, hand.session, ok, bad))).getFirst());
    assertThat(state(pawl, id).leased()).isTrue();
    assertThat(pawl.jobs().find("default", "test.child", "child-one")).isEmpty();
    pawl.jobWork().report(List.of(JobWorkApi.Report.of(grant, hand.session, ok, bad.subList(0, 1)))).getFirst().get();
    assertThat(pawl.jobs().find("default", "test.child", "child-one")).isPresent();
    assertThat(state(pawl, id).phase()).isEqualTo(JobPhase.SUCCEEDED);
  }

  @Test
  void aDeathIsFollowedByAJobIfSomebodyWantsToKnow() {
    JobHand hand = new JobHand(pawl);
    pawl.jobWork().followDead("default", List.of("test.job"));
    assertThat(hand.take(1, "test.job", "test.job.dead")).isEmpty();
    JobId id = submit(pawl, retrying("order-12345", RetryTerms.of(BackoffProfile.NONE)));
    hand.fail(hand.take());
    JobGrant after = hand.take(1, "test.job.dead").getFirst();
    assertThat(after.job().spec().payload().text()).contains(id.toString(), "ATTEMPTS_EXHAUSTED", "the shelf fell down");
  }

  @Test
  void aPausedTypeRests() {
    submit(pawl, spec("order-12345"));
    pawl.jobs().pause("default", "test.job", "ada", "the shelf is being repaired");
    JobHand hand = new JobHand(pawl);
    assertThat(hand.take(1, "test.job")).isEmpty();
    assertThat(pawl.jobs().pauses("default")).extracting(JobApi.Pause::type).containsExactly("test.job");
    assertThat(pawl.jobs().counts("default")).containsExactly(new JobApi.Count("test.job", JobPhase.READY, false, 1));
    assertThat(pawl.jobs().resume("default", "test.job")).isTrue();
    assertThat(pawl.jobs().resume("default", "test.job")).isFalse();
    assertThat(hand.take(1, "test.job")).hasSize(1);
  }

  @Test
  void aTypeThatNobodyServesIsGivenUpAfterHalfAnHour() {
    JobId id = submit(pawl, spec("test.unknown", "order-12345", "{}", 5, null, null));
    JobId served = submit(pawl, spec("order-12345"));
    JobHand hand = new JobHand(pawl);
    hand.take();
    for (int minute = 1; minute <= 31; minute++) {
      assertThat(state(pawl, id).phase()).isEqualTo(JobPhase.READY);
      clock.pass(Duration.ofMinutes(1));
      pawl.tick(clock.instant());
    }
    assertThat(state(pawl, id).ending().cause()).isEqualTo(DeadLetterCause.UNREGISTERED_TYPE);
    assertThat(state(pawl, served).phase()).isEqualTo(JobPhase.READY);
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

  @Test
  @DisplayName("F4: a revocation and a commit at once: one of them wins")
  void oneOfTwoWins() throws Exception {
    for (int round = 0; round < 20; round++) {
      JobId id = submit(pawl, spec("race-number-" + round));
      JobHand hand = new JobHand(pawl);
      JobGrant grant = hand.take();
      PawlEngine other = engine(config -> {});
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

  private static void awaited(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aPoisonedPayloadIsNotTriedAgain() {
    JobId id = submit(pawl, spec("order-12345"));
    JobHand hand = new JobHand(pawl);
    hand.report(hand.take(), new JobOutcome.ErrFatal(JobError.of(UwerCode.SCHEMA_VIOLATION, "no sku")));
    assertThat(state(pawl, id).ending().cause()).isEqualTo(DeadLetterCause.POISON_PAYLOAD);
    JobId other = submit(pawl, spec("order-67890"));
    hand.report(hand.take(), new JobOutcome.ErrFatal(JobError.of(UwerCode.INTERNAL, "closed account")));
    assertThat(state(pawl, other).phase()).isEqualTo(JobPhase.FAILED);
    assertThat(events(other)).containsExactly("SUBMIT", JobEvent.ERR_FATAL.name());
  }

  private List<String> events(JobId id) {
    return pawl.jobs().ledger("default", id, 1_000).stream().map(line -> line.event().name()).toList();
  }

  private List<JobApi.DeadLetter> letters() {
    return pawl.jobs().deadLetters(query(100, null)).items();
  }

  private static JobApi.DeadLetters query(int limit, String after) {
    return new JobApi.DeadLetters("default", null, null, limit, after);
  }
}
