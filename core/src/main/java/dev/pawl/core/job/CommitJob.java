package dev.pawl.core.job;

import dev.pawl.core.task.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The holder's word, which ends its lease. The same word under the same epoch gets the same answer for ever; another one
 * under the same epoch is a conflict.
 *
 * @param digest of the commit's content
 * @param spawn jobs that are submitted in the same commit
 */
public record CommitJob(
    JobId job, long epoch, SessionId session, JobOutcome outcome, String digest, List<JobSpec> spawn)
    implements JobRequest<CommitJob.Ack> {

  /** @param phase after the commit, also when it is replayed */
  public record Ack(JobId job, long epoch, JobPhase phase, boolean replayed) {}

  public CommitJob {
    spawn = List.copyOf(spawn);
  }

  @Override
  public JobEvent event() {
    return outcome.event();
  }

  @Override
  public Actor actor() {
    return new Actor(Actor.Kind.NODE, session.toString());
  }

  @Override
  public OptionalLong endOf() {
    return OptionalLong.of(epoch);
  }

  /** The word was heard and cannot be kept: the job dies of it, under the same digest, and brings nothing about. */
  @Override
  public @Nullable CommitJob unstorable(String why) {
    return outcome instanceof JobOutcome.ErrFatal fatal && fatal.error().storeRelated()
        ? null
        : new CommitJob(job, epoch, session, new JobOutcome.ErrFatal(JobError.refusedByStore(why)), digest, List.of());
  }

  @Override
  public JobDecision<Ack> decide(JobSituation situation) {
    Instant now = situation.now();
    LeaseEnd before = situation.end();
    // First, because a resent commit finds the job anywhere: its phase and epoch say nothing about it any more.
    if (before != null && before.epoch() == epoch && before.digest() != null) {
      return before.digest().equals(digest)
          ? new JobDecision.Unchanged<>(new Ack(job, epoch, before.phase(), true))
          : JobDecision.refused(UwerCode.COMMIT_CONFLICT,
              "epoch %d of job %s committed %s at %s with another content".formatted(
                  epoch, job, before.event(), before.endedAt()));
    }
    JobState there = situation.job();
    if (there == null) return absent();
    if (epoch != there.epoch()) return stale(there, epoch, now);
    JobLease lease = there.lease();
    if (lease == null) return illegal(there, now);
    if (!session.equals(lease.session())) return stale(there, epoch, now);
    if (!fits(lease.stage())) return illegal(there, now);
    return commit(there, lease.stage(), now);
  }

  private boolean fits(Stage stage) {
    return switch (outcome) {
      case JobOutcome.Ok o -> stage == Stage.PROCESS;
      case JobOutcome.OkExternal o -> stage == Stage.PROCESS;
      case JobOutcome.CheckOk o -> stage == Stage.CHECK;
      case JobOutcome.CheckPending o -> stage == Stage.CHECK;
      case JobOutcome.CheckRejected o -> stage == Stage.CHECK;
      case JobOutcome.ErrRetry o -> true;
      case JobOutcome.ErrFatal o -> true;
      case JobOutcome.Abandon o -> true;
    };
  }

  private JobDecision<Ack> commit(JobState there, Stage stage, Instant now) {
    JobDraft draft = new JobDraft(there, this, now);
    if (outcome instanceof JobOutcome.Abandon) {
      draft.endLease(LeaseEnd.Kind.ABANDON, digest);
    } else {
      draft.endLease(LeaseEnd.Kind.COMMIT, digest).heardOf();
    }
    switch (outcome) {
      case JobOutcome.Ok ok -> draft.route(new JobDraft.Route.Succeed(digest, ok.result()));
      case JobOutcome.CheckOk ok -> draft.route(new JobDraft.Route.Succeed(digest, ok.result()));
      case JobOutcome.OkExternal ok -> draft.awaits(ok.externalRef(), epoch).route(
          new JobDraft.Route.Again(JobPhase.AWAITING, now.plus(there.spec().check().poll()), there.attempt()));
      case JobOutcome.CheckPending pending -> lookAgain(draft, there, pending.retryAfter(), now);
      case JobOutcome.CheckRejected no -> tryAgain(draft.failedWith(no.error()), there, no.retryAfter(),
          DeadLetterCause.VERIFY_REJECTED, now);
      case JobOutcome.ErrRetry failed -> {
        draft.failedWith(failed.error());
        if (stage == Stage.CHECK) {
          lookAgain(draft, there, failed.retryAfter(), now);
        } else {
          tryAgain(draft, there, failed.retryAfter(), DeadLetterCause.ATTEMPTS_EXHAUSTED, now);
        }
      }
      case JobOutcome.ErrFatal failed -> draft.failedWith(failed.error()).route(
          failed.error().poison() ? new JobDraft.Route.Bury(DeadLetterCause.POISON_PAYLOAD)
          : failed.error().storeRelated() ? new JobDraft.Route.Bury(DeadLetterCause.STORE_RELATED)
          : new JobDraft.Route.Fail(digest));
      case JobOutcome.Abandon given -> draft.route(new JobDraft.Route.Again(there.phase(), now, there.attempt()));
    }
    spawn.forEach(child -> draft.effect(new JobEffect.Spawned(child, job, epoch)));
    return draft.note(new Ack(job, epoch, draft.phase(), false));
  }

  /** One more attempt from the beginning, or the end of the budget. */
  static JobDraft tryAgain(
      JobDraft draft, JobState there, @Nullable Duration wish, DeadLetterCause spent, Instant now) {
    RetryTerms retry = there.spec().retry();
    return draft.route(there.attempt() >= retry.maxAttempts()
        ? new JobDraft.Route.Bury(spent)
        : new JobDraft.Route.Again(JobPhase.SCHEDULED,
            now.plus(retry.profile().delay(there.id(), there.attempt(), wish)), there.attempt() + 1));
  }

  /** One more check after the poll interval, or the end of the budget. */
  static JobDraft lookAgain(JobDraft draft, JobState there, @Nullable Duration wish, Instant now) {
    CheckTerms check = there.spec().check();
    return draft.checked().route(draft.checks() >= check.maxChecks()
        ? new JobDraft.Route.Bury(DeadLetterCause.VERIFY_TIMEOUT)
        : new JobDraft.Route.Again(
            JobPhase.AWAITING, now.plus(BackoffProfile.longer(check.poll(), wish)), there.attempt()));
  }
}
