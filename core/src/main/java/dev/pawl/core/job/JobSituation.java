package dev.pawl.core.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Everything a decision about a job may look at.
 *
 * @param job null: there is none
 * @param key what is remembered of the submitted key, which outlives the job; only for {@link SubmitJob}
 * @param end the ledger's line for the epoch that the request named in {@link JobRequest#endOf()}
 * @param single who stands for the submitted job's singleton; only for {@link SubmitJob}
 * @param batch that the submission names
 * @param now the engine's reading of the database's clock
 * @param epochFloor a lease that is granted now has a higher epoch than this, 0 or more: lower ones may have been granted
 *     in a time that the database has lost
 */
public record JobSituation(@Nullable JobState job, @Nullable TakenKey key, @Nullable LeaseEnd end,
    @Nullable Single single, @Nullable JobBatch batch, Instant now, long epochFloor) {

  /** In a database that has never lost anything. */
  public JobSituation(@Nullable JobState job, @Nullable TakenKey key, @Nullable LeaseEnd end, @Nullable Single single,
      @Nullable JobBatch batch, Instant now) {
    this(job, key, end, single, batch, now, 0);
  }

  public JobSituation(@Nullable JobState job, @Nullable TakenKey key, @Nullable LeaseEnd end, Instant now) {
    this(job, key, end, null, null, now);
  }

  /**
   * @param job which stands for it, or did when it was open
   * @param state null: it is not kept any more
   * @param since when the row of jobs began that gave way to one another
   */
  public record Single(JobId job, @Nullable JobState state, Instant since) {}

  /** @param ending null: not over yet, as far as the key's record knows */
  public record TakenKey(String digest, JobId job, JobPhase phase, @Nullable JobEnding ending) {}

  public static JobSituation of(@Nullable JobState job, Instant now) {
    return new JobSituation(job, null, null, now);
  }

  public static JobSituation of(@Nullable JobState job, Instant now, long epochFloor) {
    return new JobSituation(job, null, null, null, null, now, epochFloor);
  }

  JobSituation with(JobState changed) {
    return new JobSituation(changed, key, end, single, batch, now, epochFloor);
  }
}
