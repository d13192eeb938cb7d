package dev.pawl.core.job;

import dev.pawl.core.task.SessionId;
import java.time.Instant;

/**
 * Gives a waiting job to a session. Whether the session's node may be granted anything is the node's own table
 * ({@link NodeState}); whether anybody else has the job is this one.
 *
 * @param listed the session's heartbeat lists what it executes, so the lease has no expiry of its own
 */
public record GrantLease(JobId job, SessionId session, String node, boolean listed, Actor actor)
    implements JobRequest<JobState> {

  @Override
  public JobEvent event() {
    return JobEvent.GRANT;
  }

  /** The answer is the job with its new lease. */
  @Override
  public JobDecision<JobState> decide(JobSituation situation) {
    JobState there = situation.job();
    Instant now = situation.now();
    if (there == null) return absent();
    if (!there.phase().leasable() || there.leased()) return illegal(there, now);
    if (there.visibleAt().isAfter(now)) {
      return JobDecision.refused(UwerCode.ILLEGAL_TRANSITION,
          "job %s is not due before %s".formatted(job, there.visibleAt()));
    }
    LeaseTerms terms = there.spec().lease();
    Stage stage = there.phase() == JobPhase.READY ? Stage.PROCESS : Stage.CHECK;
    JobDecision<JobState> granted = new JobDraft(there, this, now)
        .grant(new JobLease(Math.max(there.epoch(), situation.epochFloor()) + 1, session, node, stage, now,
            listed ? null : now.plus(terms.leaseTimeout()), now.plus(terms.executionTimeout()), 0, now))
        .silently(there);
    return granted instanceof JobDecision.Change<JobState> change
        ? new JobDecision.Change<>(change.before(), change.after(), change.effects(), change.after())
        : granted;
  }
}
