package dev.pawl.engine.job;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.CompleteBatch;
import dev.pawl.core.job.JobBatch;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.value.Payload;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** The job that says that all of a batch is over. Its key is the batch's, so that there is one at most. */
final class BatchCallback {
  static final Actor ACTOR = new Actor(Actor.Kind.POLICY, "batch");

  private BatchCallback() {}

  static CompleteBatch of(JobBatch batch, JobBatch.Tally tally, Instant now) {
    Payload payload = Payload.json(
        "{\"batch\":%s,\"succeeded\":%d,\"failed\":%d,\"deadLettered\":%d,\"cancelled\":%d}".formatted(
            AfterDeath.text(batch.id()), tally.succeeded(), tally.failed(), tally.deadLettered(), tally.cancelled()));
    String key = "batch:" + batch.id();
    JobSpec spec = new JobSpec(batch.namespace(), batch.callback(), key, AfterDeath.digest(batch.callback(), key), null,
        JobSpec.STANDARD_PRIORITY, now, null, null, LeaseTerms.STANDARD, RetryTerms.STANDARD, CheckTerms.STANDARD,
        payload, null);
    return new CompleteBatch(JobId.next(now, ThreadLocalRandom.current()), spec, batch.id(), ACTOR);
  }
}
