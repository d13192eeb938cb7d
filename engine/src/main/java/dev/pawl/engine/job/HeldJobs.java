package dev.pawl.engine.job;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobState;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Jobs that were granted on this node and whose leases have not ended, as far as it knows. A guess, which guards confirm. */
final class HeldJobs {
  private static final int MOST = 200_000;

  private final ConcurrentHashMap<JobId, JobState> held = new ConcurrentHashMap<>();

  @Nullable JobState get(JobId job) {
    return held.get(job);
  }

  void keep(JobState job) {
    if (!job.leased()) {
      held.remove(job.id());
      return;
    }
    // Leases that other nodes took back are never heard of here.
    if (held.size() >= MOST) held.clear();
    held.put(job.id(), job);
  }

  void forget(JobId job) {
    held.remove(job);
  }

  void clear() {
    held.clear();
  }
}
