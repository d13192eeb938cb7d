package dev.pawl.core.job;

import dev.pawl.core.task.SessionId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a job for a session, in one commit with everything that is due before: a lease whose holder is gone is revoked
 * and counted, a passed deadline is applied, a due date is reached. Takeover needs no sweeper and no leader, because the
 * next claim does it. If the job cannot be had after that, what was due is written all the same.
 *
 * @param gone why the standing lease may be revoked, if there is one; null: no evidence
 * @param listed see {@link GrantLease}
 */
public record ClaimJob(
    JobId job, SessionId session, String node, boolean listed, @Nullable JobEvent gone, Actor actor)
    implements JobRequest<ClaimJob.Claim> {

  public sealed interface Claim {
    /** @param job with its new lease */
    record Work(JobState job) implements Claim {}

    record Nothing(JobPhase phase) implements Claim {}
  }

  @Override
  public JobEvent event() {
    return JobEvent.GRANT;
  }

  @Override
  public JobDecision<Claim> decide(JobSituation situation) {
    JobState there = situation.job();
    if (there == null) return absent();
    List<JobEffect> effects = new ArrayList<>();
    JobState job = there;
    JobLease lease = job.lease();
    if (lease != null && gone != null) {
      job = apply(new RevokeLease(job.id(), lease.epoch(), gone, actor), job, situation, effects);
    }
    if (!job.phase().terminal()) job = apply(new PassDeadline(job.id(), actor), job, situation, effects);
    if (!job.phase().terminal()) job = apply(new ComeDue(job.id(), actor), job, situation, effects);
    JobState ready = job;
    job = apply(new GrantLease(job.id(), session, node, listed, actor), job, situation, effects);
    if (job != ready) {
      return new JobDecision.Change<>(there, job, effects, new Claim.Work(job));
    }
    return job == there
        ? new JobDecision.Unchanged<>(new Claim.Nothing(job.phase()))
        : new JobDecision.Change<>(there, job, effects, new Claim.Nothing(job.phase()));
  }

  private static JobState apply(JobRequest<?> request, JobState job, JobSituation situation, List<JobEffect> effects) {
    if (!(request.decide(situation.with(job)) instanceof JobDecision.Change<?> change)) return job;
    effects.addAll(change.effects());
    return change.after();
  }
}
