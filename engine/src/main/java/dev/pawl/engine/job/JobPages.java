package dev.pawl.engine.job;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.UwerCode;
import dev.pawl.engine.store.JobStore;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobRefusedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pages of a list of jobs. How a finished job ended stands in the ledger only, so that filter is applied here. */
final class JobPages {
  private static final Comparator<JobState> NEWEST =
      Comparator.<JobState, String>comparing(job -> job.id().toString()).reversed();

  /** So many finished jobs are looked at for one page, however few of them are wanted. */
  private static final int LOOKS = 5_000;

  private final JobStore jobs;

  JobPages(JobStore jobs) {
    this.jobs = jobs;
  }

  JobApi.Page<JobState> page(JobApi.Listing query) {
    if (query.limit() < 1 || query.limit() > 1_000) {
      throw new JobRefusedException(UwerCode.SCHEMA_VIOLATION, "expected 1 to 1000, got " + query.limit(), "/limit");
    }
    JobPhase phase = query.phase();
    boolean finished = phase != null && phase.terminal();
    JobId before = cursor(query.after());
    List<JobState> items = new ArrayList<>();
    for (int looked = 0; looked < LOOKS; ) {
      int want = Math.max(query.limit() - items.size(), finished ? 200 : 0);
      List<JobState> found = new ArrayList<>(jobs.list(new JobStore.ListQuery(query.namespace(), query.type(),
          finished ? null : phase, finished, want, before)));
      found.sort(NEWEST);
      looked += found.size();
      for (JobState job : found) {
        before = job.id();
        if (phase == null || job.phase() == phase) items.add(job);
        if (items.size() == query.limit()) return new JobApi.Page<>(items, before.toString());
      }
      if (found.size() < want) return new JobApi.Page<>(items, null);
    }
    return new JobApi.Page<>(items, before == null ? null : before.toString());
  }

  private static @Nullable JobId cursor(@Nullable String text) {
    if (text == null) return null;
    try {
      return JobId.parse(text);
    } catch (IllegalArgumentException notOurs) {
      throw new JobRefusedException(UwerCode.SCHEMA_VIOLATION, "expected a cursor of the page before", "/after");
    }
  }
}
