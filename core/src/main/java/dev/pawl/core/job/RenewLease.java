package dev.pawl.core.job;

import dev.pawl.core.task.SessionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The holder is alive, and perhaps got on. Writes only what matters: a new expiry, if the lease has one of its own, or
 * progress. A lease that has expired but was not revoked can be renewed: nobody else has the job.
 *
 * @param progress the handler's own count; null: it says nothing
 */
public record RenewLease(JobId job, long epoch, SessionId session, @Nullable Long progress)
    implements JobRequest<RenewLease.Renewed> {

  /** @param cancel the holder should stop; its lease is revoked {@link JobState#CANCEL_GRACE} after the request */
  public record Renewed(long epoch, boolean cancel) {}

  @Override
  public JobEvent event() {
    return JobEvent.RENEW;
  }

  @Override
  public Actor actor() {
    return new Actor(Actor.Kind.NODE, session.toString());
  }

  @Override
  public JobDecision<Renewed> decide(JobSituation situation) {
    JobState there = situation.job();
    Instant now = situation.now();
    if (there == null) return absent();
    if (epoch != there.epoch()) return stale(there);
    JobLease lease = there.lease();
    if (lease == null) return JobDecision.refused(UwerCode.NO_LEASE, "the lease of job %s has ended".formatted(job));
    if (!session.equals(lease.session())) return stale(there);

    long count = progress == null ? lease.progress() : progress;
    boolean forward = count > lease.progress();
    Renewed answer = new Renewed(epoch, there.cancelRequested());
    if (!forward && lease.expiresAt() == null) return new JobDecision.Unchanged<>(answer);
    Instant expiry = lease.expiresAt() == null ? null : now.plus(there.spec().lease().leaseTimeout());
    return new JobDraft(there, this, now)
        .hold(new JobLease(epoch, session, lease.node(), lease.stage(), lease.grantedAt(), expiry,
            lease.executionDeadline(), Math.max(count, lease.progress()), forward ? now : lease.progressAt()))
        .silently(answer);
  }

  // Not audited: a node that was cut off renews everything it held, and each answer says the same.
  private JobDecision<Renewed> stale(JobState there) {
    return JobDecision.refused(UwerCode.STALE_EPOCH, "epoch %d of job %s is over, the newest is %d; drop the work"
        .formatted(epoch, job, there.epoch()));
  }
}
