package dev.pawl.engine.duty;

import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.Store;
import java.time.Duration;
import java.time.Instant;

/**
 * Deletes closed runs and histories of schedules when their namespace's retention is over, a slice at a time, forgets old
 * request ids, and finishes off deleted namespaces.
 */
public final class Prune implements Duty {
  /** Request ids are remembered at least this long, however short the retention is. */
  private static final Duration REQUESTS_AT_LEAST = Duration.ofDays(7);
  private static final int REQUESTS = 1_000;

  private final Store store;
  private final int slice;
  private final Duration every;
  private final EngineMetrics metrics;

  /** @param slice most runs deleted in one transaction */
  public Prune(Store store, int slice, Duration every, EngineMetrics metrics) {
    this.store = store;
    this.slice = slice;
    this.every = every;
    this.metrics = metrics;
  }

  @Override
  public Duration every() {
    return every;
  }

  @Override
  public int tick(Instant now) {
    int pruned = 0;
    Duration longest = REQUESTS_AT_LEAST;
    for (Store.Namespace namespace : store.namespaces()) {
      if (namespace.retention().compareTo(longest) > 0) longest = namespace.retention();
      pruned += store.prune(namespace.name(), now.minus(namespace.retention()), slice);
      Failpoint.PRUNE_BETWEEN.reach();
      // A job is kept as long as its key counts.
      Duration jobs = namespace.retention().compareTo(REQUESTS_AT_LEAST) > 0 ? namespace.retention() : REQUESTS_AT_LEAST;
      pruned += store.jobs().prune(namespace.name(), now.minus(jobs), slice);
      pruned += store.schedules().prune(namespace.name(), now.minus(namespace.retention()), slice);
    }
    pruned += new Doomed(store).step(now);
    if (pruned > 0) metrics.pruned(pruned);
    return pruned + store.forgetRequests(now.minus(longest), REQUESTS);
  }
}
