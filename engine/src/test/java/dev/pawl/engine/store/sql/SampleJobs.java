package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobRequest;
import dev.pawl.core.job.JobSituation;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.OperateJob;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.store.JobStore;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Writes about jobs, as the rules decide them. */
final class SampleJobs {
  static final String TYPE = "sample.job";
  private static final SessionId SESSION = SessionId.random();
  private static final String DIGEST = "sha-256:" + "0f".repeat(32);
  private static final Random RANDOM = new Random(7);

  private SampleJobs() {}

  static JobStore.Claim claim(int max) {
    return new JobStore.Claim("default", List.of(TYPE), SESSION, max);
  }

  static JobStore.Write born(String key) {
    return born(key, BackoffProfile.FAST);
  }

  static JobStore.Write born(String key, BackoffProfile profile) {
    JobSpec spec = new JobSpec("default", TYPE, key, DIGEST, null, 5, NOON, null, null, LeaseTerms.STANDARD,
        RetryTerms.of(profile), CheckTerms.STANDARD, Payload.json("1"), null);
    return change(new SubmitJob(JobId.next(NOON, RANDOM), spec, null, new Actor(Actor.Kind.INGRESS, "engine")), null);
  }

  static JobStore.Write report(JobState job, JobOutcome outcome) {
    return change(new CommitJob(job.id(), job.epoch(), SESSION, outcome, DIGEST, List.of()), job);
  }

  static JobStore.Write hold(JobState job) {
    OperatorPapers papers = new OperatorPapers("ada", "admin", "cli", "OPS-123", OperatorPapers.Standing.NOT_ASKED,
        "the provider is down", "req-1", null);
    return change(
        new OperateJob(job.id(), new OperatorAct.Hold(Duration.ofHours(1)), papers, job.epoch(), false), job);
  }

  private static JobStore.Write change(JobRequest<?> request, JobState job) {
    if (request.decide(JobSituation.of(job, NOON)) instanceof JobDecision.Change<?> change) {
      return new JobStore.Write(List.of(change));
    }
    throw new AssertionError("expected a change");
  }
}
