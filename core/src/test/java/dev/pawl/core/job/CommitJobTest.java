package dev.pawl.core.job;

import static dev.pawl.core.job.JobSamples.BROKEN;
import static dev.pawl.core.job.JobSamples.CALLER;
import static dev.pawl.core.job.JobSamples.CLOCK;
import static dev.pawl.core.job.JobSamples.DISPATCHER;
import static dev.pawl.core.job.JobSamples.HOLDER;
import static dev.pawl.core.job.JobSamples.ID;
import static dev.pawl.core.job.JobSamples.NOON;
import static dev.pawl.core.job.JobSamples.after;
import static dev.pawl.core.job.JobSamples.commit;
import static dev.pawl.core.job.JobSamples.digest;
import static dev.pawl.core.job.JobSamples.granted;
import static dev.pawl.core.job.JobSamples.inColumn;
import static dev.pawl.core.job.JobSamples.spec;
import static dev.pawl.core.job.JobSamples.submitted;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitJobTest {

  @Test
  void f5_theSameWordUnderTheSameEpochGetsTheSameAnswer() {
    JobState leased = inColumn(2);
    CommitJob failed = commit(leased, new JobOutcome.ErrRetry(BROKEN, null));
    JobDecision.Change<CommitJob.Ack> first = change(failed, leased);
    LeaseEnd line = ended(first);
    assertThat(line.kind()).isEqualTo(LeaseEnd.Kind.COMMIT);

    // Whatever became of the job since, and whoever has it.
    JobState later = granted(after(new ComeDue(ID, CLOCK), first.after(), NOON.plusSeconds(60)), NOON.plusSeconds(60));
    for (JobState job : List.of(first.after(), later)) {
      assertThat(failed.decide(new JobSituation(job, null, line, NOON.plusSeconds(61))))
          .isEqualTo(new JobDecision.Unchanged<>(new CommitJob.Ack(ID, 1, JobPhase.SCHEDULED, true)));
    }
    CommitJob other = new CommitJob(ID, 1, HOLDER, new JobOutcome.Ok(null), digest("another"), List.of());
    assertThat(other.decide(new JobSituation(later, null, line, NOON.plusSeconds(61))))
        .isInstanceOfSatisfying(JobDecision.Refused.class,
            no -> assertThat(no.code()).isEqualTo(UwerCode.COMMIT_CONFLICT));
  }

  @Test
  void f1_aZombieCanNeitherCommitNorFreeTheSuccessorsLease() {
    JobState zombies = inColumn(2);
    JobState free = after(new RevokeLease(ID, 1, JobEvent.NODE_LOST, DISPATCHER), zombies, NOON);
    assertThat(free.visibleAt()).isEqualTo(NOON); // the first loss costs no time
    JobState successors = granted(free, NOON);
    for (JobOutcome outcome : List.of(new JobOutcome.Ok(null), new JobOutcome.Abandon(),
        new JobOutcome.ErrRetry(BROKEN, null), new JobOutcome.ErrFatal(BROKEN))) {
      refused(commit(zombies, outcome), successors, UwerCode.STALE_EPOCH);
    }
    refused(new RenewLease(ID, 1, HOLDER, 9L), successors, UwerCode.STALE_EPOCH);
  }

  @Test
  void l7_aLateCommitBeforeTheRevocationCounts() {
    JobState leased = after(new GrantLease(ID, HOLDER, "node-1", false, DISPATCHER), inColumn(1), NOON);
    JobDecision.Change<CommitJob.Ack> late = (JobDecision.Change<CommitJob.Ack>) commit(leased, new JobOutcome.Ok(null))
        .decide(JobSituation.of(leased, NOON.plus(Duration.ofDays(3))));
    assertThat(late.after().phase()).isEqualTo(JobPhase.SUCCEEDED);
    assertThat(late.after().losses()).isZero();
  }

  @Test
  void okBeatsCancelAndTheCancelStaysOnRecord() {
    JobState cancelling = after(new CancelJob(ID, CALLER), inColumn(2), NOON);
    assertThat(cancelling.phase()).isEqualTo(JobPhase.READY);
    JobState done = change(commit(cancelling, new JobOutcome.Ok(null)), cancelling).after();
    assertThat(done.phase()).isEqualTo(JobPhase.SUCCEEDED);
    assertThat(done.cancelRequested()).isTrue();
    assertThat(change(commit(cancelling, new JobOutcome.ErrRetry(BROKEN, null)), cancelling).after().phase())
        .isEqualTo(JobPhase.CANCELLED);
    assertThat(change(commit(cancelling, new JobOutcome.OkExternal("ext-9")), cancelling).after())
        .satisfies(job -> assertThat(job.phase()).isEqualTo(JobPhase.CANCELLED))
        .satisfies(job -> assertThat(job.externalRef()).isEqualTo("ext-9")); // for compensation
  }

  @Test
  void whoIgnoresACancelLosesTheLeaseAfterTheGrace() {
    JobState cancelling = after(new CancelJob(ID, CALLER), inColumn(2), NOON);
    RevokeLease evict = new RevokeLease(ID, 1, JobEvent.CANCEL_GRACE_OVER, DISPATCHER);
    assertThat(evict.decide(JobSituation.of(cancelling, NOON.plusSeconds(29)))).isInstanceOf(JobDecision.Unchanged.class);
    JobState gone = after(evict, cancelling, NOON.plusSeconds(30));
    assertThat(gone.phase()).isEqualTo(JobPhase.CANCELLED);
    assertThat(cancelling.nextLook()).isEqualTo(NOON.plusSeconds(30));
  }

  @Test
  void aPassedDeadlineIsAppliedWhenTheLeaseEndsUnlessTheWorkSucceeded() {
    JobState flagged = after(new PassDeadline(ID, CLOCK),
        granted(submitted(spec(LeaseTerms.STANDARD, RetryTerms.STANDARD, CheckTerms.STANDARD, null,
            NOON.plusSeconds(5)), NOON), NOON), NOON.plusSeconds(5));
    assertThat(flagged.phase()).isEqualTo(JobPhase.READY);
    assertThat(flagged.leased()).isTrue();
    assertThat(change(commit(flagged, new JobOutcome.Ok(null)), flagged).after().phase()).isEqualTo(JobPhase.SUCCEEDED);
    for (JobRequest<?> end : List.of(commit(flagged, new JobOutcome.ErrRetry(BROKEN, null)),
        commit(flagged, new JobOutcome.OkExternal("ext")), commit(flagged, new JobOutcome.Abandon()),
        new RevokeLease(ID, 1, JobEvent.NODE_LOST, DISPATCHER))) {
      JobState dead = after(end, flagged, NOON.plusSeconds(6));
      assertThat(dead.phase()).isEqualTo(JobPhase.DEAD_LETTERED);
      assertThat(dead.ending().cause()).isEqualTo(DeadLetterCause.DEADLINE);
    }
  }

  @Test
  void aKillerIsStoppedByTheFifthLossWithoutBurningAttempts() {
    JobState job = inColumn(1);
    Instant now = NOON;
    for (int loss = 1; loss <= 5; loss++) {
      JobState leased = granted(job, now);
      job = after(new RevokeLease(ID, leased.epoch(), JobEvent.NODE_LOST, DISPATCHER), leased, now);
      assertThat(job.attempt()).isEqualTo(1);
      assertThat(job.phase()).isEqualTo(loss < 5 ? JobPhase.READY : JobPhase.DEAD_LETTERED);
      now = job.visibleAt();
    }
    assertThat(job.ending().cause()).isEqualTo(DeadLetterCause.LEASE_LOSSES);
    JobState again = after(new AutoRedrive(ID, DISPATCHER), job, now);
    assertThat(again.phase()).isEqualTo(JobPhase.SCHEDULED);
    assertThat(again.visibleAt()).isEqualTo(now.plus(Duration.ofMinutes(15)));
    assertThat(again.epoch()).isEqualTo(5);
  }

  @Test
  void anAcceptedCommitClearsTheLosses() {
    JobState leased = granted(after(new RevokeLease(ID, 1, JobEvent.NODE_LOST, DISPATCHER), inColumn(2), NOON), NOON);
    assertThat(leased.losses()).isEqualTo(1);
    assertThat(change(commit(leased, new JobOutcome.ErrRetry(BROKEN, null)), leased).after().losses()).isZero();
    assertThat(change(commit(leased, new JobOutcome.Abandon()), leased).after().losses()).isEqualTo(1);
  }

  @Test
  void f6_whatRanBeforeARedriveCanNeverCommit() {
    JobState leased = inColumn(2);
    JobState dead = after(new OperateJob(ID, new OperatorAct.ForceDeadLetter(), JobSamples.papers(), 1, false),
        after(new OperateJob(ID, new OperatorAct.ForceRevoke(), JobSamples.papers(), 1, false), leased, NOON), NOON);
    JobState driven = after(new OperateJob(ID, new OperatorAct.Redrive(), JobSamples.papers(), 1, false), dead, NOON);
    assertThat(driven.phase()).isEqualTo(JobPhase.READY);
    refused(commit(leased, new JobOutcome.Ok(null)), driven, UwerCode.ILLEGAL_TRANSITION);
    refused(commit(leased, new JobOutcome.Ok(null)), granted(driven, NOON), UwerCode.STALE_EPOCH);
  }

  @Test
  void aPoisonousPayloadIsNeverTriedAgain() {
    JobState leased = inColumn(2);
    JobError poison = JobError.of(UwerCode.SCHEMA_VIOLATION, "/sku: expected a number");
    JobState dead = change(commit(leased, new JobOutcome.ErrFatal(poison)), leased).after();
    assertThat(dead.phase()).isEqualTo(JobPhase.DEAD_LETTERED);
    assertThat(dead.ending().cause()).isEqualTo(DeadLetterCause.POISON_PAYLOAD);
    assertThat(dead.ending().error()).isEqualTo(poison);
  }

  @Test
  void whatCannotBeStoredEndsAsStoreRelatedUnderTheSameDigest() {
    JobState leased = inColumn(2);
    CommitJob said = commit(leased, new JobOutcome.Ok(null));
    CommitJob instead = said.unstorable("no room for \0" + "x".repeat(5_000));
    JobState dead = change(instead, leased).after();
    assertThat(dead.ending().cause()).isEqualTo(DeadLetterCause.STORE_RELATED);
    assertThat(dead.lastError().detail()).startsWith("no room for  x").hasSize(4_000);
    assertThat(instead.digest()).isEqualTo(said.digest());
    assertThat(instead.unstorable("nor that")).isNull();
  }

  @Test
  void v2_aCallbackRacingACheckHasOneOutcome() {
    JobState checking = inColumn(4);
    ReceiveCallback word = new ReceiveCallback(ID, 1, digest("cb"), null, null, CALLER);
    JobDecision.Change<JobPhase> called = change(word, checking);
    assertThat(called.after().phase()).isEqualTo(JobPhase.SUCCEEDED);
    assertThat(ended(called).kind()).isEqualTo(LeaseEnd.Kind.REVOKE);
    refused(commit(checking, new JobOutcome.CheckPending(null)), called.after(), UwerCode.ILLEGAL_TRANSITION);
    assertThat(word.decide(JobSituation.of(called.after(), NOON)))
        .isEqualTo(new JobDecision.Unchanged<>(JobPhase.SUCCEEDED));

    JobState pending = change(commit(checking, new JobOutcome.CheckPending(null)), checking).after();
    assertThat(pending.checks()).isEqualTo(1);
    assertThat(change(word, pending).after().phase()).isEqualTo(JobPhase.SUCCEEDED);
  }

  @Test
  void aCallbackAboutAnEarlierEffectChangesNothing() {
    JobState awaiting = inColumn(3);
    refused(new ReceiveCallback(ID, 7, digest("cb"), null, null, CALLER), awaiting, UwerCode.STALE_EPOCH);
    JobState rejected = change(new ReceiveCallback(ID, 1, digest("cb"), null, BROKEN, CALLER), awaiting).after();
    assertThat(rejected.phase()).isEqualTo(JobPhase.SCHEDULED);
    assertThat(rejected.attempt()).isEqualTo(2);
    assertThat(rejected.externalRef()).isNull();
  }

  @Test
  void spawnedJobsTravelWithTheCommit() {
    JobState leased = inColumn(2);
    var change = change(
        new CommitJob(ID, 1, HOLDER, new JobOutcome.Ok(null), digest("r"), List.of(spec(), spec())), leased);
    assertThat(change.effects()).filteredOn(JobEffect.Spawned.class::isInstance)
        .containsExactly(new JobEffect.Spawned(spec(), ID, 1), new JobEffect.Spawned(spec(), ID, 1));
  }

  @Test
  void aHandlerThatReportsNoProgressIsFoundByTheJobItself() {
    JobState leased = inColumn(2);
    assertThat(leased.nextLook()).isEqualTo(NOON.plus(Duration.ofMinutes(10)));
    JobState moved = after(new RenewLease(ID, 1, HOLDER, 1L), leased, NOON.plusSeconds(60));
    assertThat(moved.nextLook()).isEqualTo(NOON.plus(Duration.ofMinutes(11)));
    assertThat(new RenewLease(ID, 1, HOLDER, 1L).decide(JobSituation.of(moved, NOON.plusSeconds(90))))
        .isInstanceOf(JobDecision.Unchanged.class);
    JobState hung = after(new RevokeLease(ID, 1, JobEvent.PROGRESS_TIMEOUT, DISPATCHER), moved,
        NOON.plus(Duration.ofMinutes(11)));
    assertThat(hung.phase()).isEqualTo(JobPhase.SCHEDULED);
    assertThat(hung.attempt()).isEqualTo(2);
  }

  @SuppressWarnings("unchecked")
  private static <A> JobDecision.Change<A> change(JobRequest<A> request, JobState job) {
    JobDecision<A> decision = request.decide(JobSituation.of(job, NOON));
    assertThat(decision).isInstanceOf(JobDecision.Change.class);
    return (JobDecision.Change<A>) decision;
  }

  private static LeaseEnd ended(JobDecision.Change<?> change) {
    return ((JobEffect.Noted) change.effects().getFirst()).line().end();
  }

  private static void refused(JobRequest<?> request, JobState job, UwerCode code) {
    assertThat(request.decide(JobSituation.of(job, NOON)))
        .isInstanceOfSatisfying(JobDecision.Refused.class, no -> assertThat(no.code()).isEqualTo(code));
  }
}
