package dev.pawl.core.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Everything a decision about a job may look at.
 *
 * @param job null: there is none
 * @param key what is remembered of the submitted key, which outlives the job; only for {@link SubmitJob}
 * @param end the ledger's line for the epoch that the request named in {@link JobRequest#endOf()}
 * @param now the engine's reading of the database's clock
 */
public record JobSituation(
    @Nullable JobState job, @Nullable TakenKey key, @Nullable LeaseEnd end, Instant now) {

  /** @param ending null: not over yet, as far as the key's record knows */
  public record TakenKey(String digest, JobId job, JobPhase phase, @Nullable JobEnding ending) {}

  public static JobSituation of(@Nullable JobState job, Instant now) {
    return new JobSituation(job, null, null, now);
  }

  JobSituation with(JobState changed) {
    return new JobSituation(changed, key, end, now);
  }
}
