package dev.pawl.protocol.job;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobLease;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.Stage;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RunId;

/**
 * A job that was handed out.
 *
 * @param job with its new lease
 */
public record JobGrant(JobState job) {
  /** Stands for the step in the token of a job's lease. */
  public static final int STEP = -1;

  public JobGrant {
    if (!job.leased()) throw new IllegalArgumentException("expected a leased job, got " + job.id());
  }

  public Stage stage() {
    JobLease lease = job.lease();
    return lease == null ? Stage.PROCESS : lease.stage();
  }

  /** How heartbeats name the lease. */
  public TaskToken token() {
    return token(job.id(), job.attempt(), job.epoch());
  }

  public static TaskToken token(JobId job, int attempt, long epoch) {
    return new TaskToken(new RunId(job.value()), STEP, attempt, epoch);
  }

  /** The token that lets the outside call back about the effect that this lease brings about. */
  public JobApi.CallbackToken callback() {
    return new JobApi.CallbackToken(job.id(), job.epoch());
  }
}
