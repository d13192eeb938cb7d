package dev.pawl.engine.job;

import dev.pawl.core.job.CompleteBatch;
import dev.pawl.core.job.JobBatch;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobRequest;
import dev.pawl.core.job.JobSituation;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseEnd;
import dev.pawl.core.job.Singleton;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.engine.store.JobStore;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the decisions of one group look at besides the jobs themselves: who stands for a singleton, and batches. */
final class JobTieLook {
  private record BatchKey(String namespace, String id) {}

  private final JobStore jobs;
  private final Set<JobStore.SingletonKey> singles = new LinkedHashSet<>(0);
  private final Set<BatchKey> wantedBatches = new LinkedHashSet<>(0);
  private final Map<JobStore.SingletonKey, JobSituation.Single> stands = new HashMap<>(0);
  private final Map<BatchKey, JobBatch> batches = new HashMap<>(0);

  JobTieLook(JobStore jobs) {
    this.jobs = jobs;
  }

  void want(JobSpec spec) {
    Singleton one = spec.ties().singleton();
    if (one != null) singles.add(key(spec, one));
    String batch = spec.ties().batch();
    if (batch != null) wantedBatches.add(new BatchKey(spec.namespace(), batch));
  }

  void want(CompleteBatch complete) {
    wantedBatches.add(new BatchKey(complete.spec().namespace(), complete.batch()));
  }

  void load() {
    if (!singles.isEmpty()) {
      Map<JobStore.SingletonKey, JobStore.Stand> found = jobs.singletons(singles);
      List<JobId> ids = found.values().stream().map(JobStore.Stand::job).toList();
      Map<JobId, JobState> states = jobs.load(ids);
      found.forEach((key, stand) ->
          stands.put(key, new JobSituation.Single(stand.job(), states.get(stand.job()), stand.since())));
    }
    for (BatchKey key : wantedBatches) {
      jobs.batch(key.namespace(), key.id()).ifPresent(batch -> batches.put(key, batch));
    }
  }

  JobSituation situation(JobRequest<?> request, @Nullable JobState job, @Nullable LeaseEnd end, Instant now) {
    if (singles.isEmpty() && wantedBatches.isEmpty()) return new JobSituation(job, null, end, now);
    return switch (request) {
      case SubmitJob submit -> {
        Singleton one = submit.spec().ties().singleton();
        yield new JobSituation(job, null, end, one == null ? null : stands.get(key(submit.spec(), one)),
            batch(submit.spec().namespace(), submit.spec().ties().batch()), now);
      }
      case CompleteBatch complete ->
          new JobSituation(job, null, end, null, batch(complete.spec().namespace(), complete.batch()), now);
      default -> new JobSituation(job, null, end, now);
    };
  }

  private @Nullable JobBatch batch(String namespace, @Nullable String id) {
    return id == null ? null : batches.get(new BatchKey(namespace, id));
  }

  private static JobStore.SingletonKey key(JobSpec spec, Singleton one) {
    return new JobStore.SingletonKey(spec.namespace(), spec.type(), one.key());
  }
}
