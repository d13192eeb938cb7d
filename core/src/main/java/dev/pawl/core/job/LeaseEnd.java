package dev.pawl.core.job;

import dev.pawl.core.task.SessionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one lease ended: a line of the ledger, one per (job, epoch). A resent commit is answered from it.
 *
 * @param event what ended it
 * @param digest of the commit's content; null when the lease was revoked
 * @param phase the job's phase afterwards: the answer that a resent commit gets
 */
public record LeaseEnd(
    JobId job,
    long epoch,
    Kind kind,
    JobEvent event,
    SessionId session,
    Instant grantedAt,
    Instant endedAt,
    @Nullable String digest,
    JobPhase phase) {

  /** A lease ends in exactly one of these ways. */
  public enum Kind {
    COMMIT,
    ABANDON,
    REVOKE
  }
}
