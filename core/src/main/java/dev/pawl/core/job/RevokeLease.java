package dev.pawl.core.job;

import dev.pawl.core.task.LossBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Ends a lease without its holder's word, on evidence. From here on the holder can change nothing.
 *
 * <p>Evidence that the job itself can check (an expiry, a deadline, no progress) is checked: too early changes nothing.
 * What the job cannot know (a silent node, an unlisted lease) is taken as it comes.
 *
 * @param epoch the lease that the evidence is about
 */
public record RevokeLease(JobId job, long epoch, JobEvent event, Actor actor) implements JobRequest<JobPhase> {

  public RevokeLease {
    switch (event) {
      case LEASE_EXPIRED, NODE_LOST, LEASE_UNLISTED, EXEC_TIMEOUT, PROGRESS_TIMEOUT, CANCEL_GRACE_OVER -> {}
      default -> throw new IllegalArgumentException(event + " does not revoke a lease");
    }
  }

  @Override
  public JobDecision<JobPhase> decide(JobSituation situation) {
    JobState there = situation.job();
    Instant now = situation.now();
    if (there == null) return absent();
    JobLease lease = there.lease();
    if (lease == null) return illegal(there, now);
    if (epoch != there.epoch()) return stale(there, epoch, now);
    if (event == JobEvent.CANCEL_GRACE_OVER && !there.cancelRequested()) return illegal(there, now);
    if (early(there, lease, now)) return new JobDecision.Unchanged<>(there.phase());

    JobDraft draft = new JobDraft(there, this, now).endLease(LeaseEnd.Kind.REVOKE, null);
    switch (event) {
      case EXEC_TIMEOUT, PROGRESS_TIMEOUT -> {
        if (lease.stage() == Stage.CHECK) {
          CommitJob.lookAgain(draft, there, null, now);
        } else {
          CommitJob.tryAgain(draft, there, null, DeadLetterCause.EXEC_TIMEOUT, now);
        }
      }
      case CANCEL_GRACE_OVER -> draft.route(new JobDraft.Route.Again(there.phase(), now, there.attempt()));
      default -> {
        draft.lost();
        Optional<Duration> rest = LossBudget.delay(draft.losses(), job.toString());
        draft.route(rest.isEmpty()
            ? new JobDraft.Route.Bury(DeadLetterCause.LEASE_LOSSES)
            : new JobDraft.Route.Again(there.phase(), now.plus(rest.get()), there.attempt()));
      }
    }
    return draft.note(draft.phase());
  }

  private boolean early(JobState there, JobLease lease, Instant now) {
    Instant expiry = lease.expiresAt();
    Instant cancel = there.cancelRequestedAt();
    return switch (event) {
      case LEASE_EXPIRED -> expiry != null && now.isBefore(expiry);
      case EXEC_TIMEOUT -> now.isBefore(lease.executionDeadline());
      case PROGRESS_TIMEOUT -> now.isBefore(lease.progressAt().plus(there.spec().lease().progressTimeout()));
      case CANCEL_GRACE_OVER -> cancel != null && now.isBefore(cancel.plus(JobState.CANCEL_GRACE));
      default -> false;
    };
  }
}
