package dev.pawl.engine.job;

import dev.pawl.core.job.JobId;
import dev.pawl.engine.duty.Duty;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.JobStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for what must never be: an open job that nobody has looked at for longer than the recovery bound, although
 * somebody should have. It tells, and repairs nothing: whoever sees one has found a defect, or a node that stands still.
 */
public final class FindOrphanJobs implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(FindOrphanJobs.class);
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final int MOST = 1_000;
  private static final int SHOWN = 10;

  private final JobStore jobs;
  private final Duration bound;
  private final EngineMetrics metrics;
  private Instant next = Instant.MIN;
  private volatile int found;

  /** @param bound how long a job may rest at most */
  FindOrphanJobs(JobStore jobs, Duration bound, EngineMetrics metrics) {
    this.jobs = jobs;
    this.bound = bound;
    this.metrics = metrics;
  }

  /** How many there were at the last look, 1,000 at most; 0 on a sound system. */
  public int found() {
    return found;
  }

  @Override
  public Duration every() {
    return Duration.ofSeconds(1);
  }

  @Override
  public int tick(Instant now) {
    if (now.isBefore(next)) return 0;
    next = now.plus(EVERY);
    List<JobId> orphans = jobs.orphans(bound, MOST);
    int before = found;
    found = orphans.size();
    if (orphans.isEmpty()) return 0;
    LOG.error("{} jobs have rested for longer than {}: {}", orphans.size(), bound,
        orphans.subList(0, Math.min(SHOWN, orphans.size())));
    // Those that stay are counted once, as far as their number tells.
    if (found > before) metrics.orphans(found - before);
    // Looking is no progress that others wait for.
    return 0;
  }
}
