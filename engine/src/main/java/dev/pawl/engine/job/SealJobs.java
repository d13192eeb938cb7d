package dev.pawl.engine.job;

import dev.pawl.engine.duty.Duty;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.JobStore.SealPage;
import dev.pawl.engine.store.JobStore.SealWalk;
import dev.pawl.engine.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals the ledgers of jobs that are over, and of open ones what is older than an hour, and computes the seals again, slowly and all the time. One walk follows what is
 * new, another one goes through all that is kept, for jobs that were open when the first one came by.
 */
public final class SealJobs implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(SealJobs.class);
  private static final int ROWS = 500;
  private static final int LINKS = 200;
  /** Pages of a turn when nobody waits for the database. */
  private static final int IDLE = 4;
  private static final Duration NEW = Duration.ofHours(1);
  private static final UUID FIRST = new UUID(0, 0);

  private final Store store;
  private final JobStore jobs;
  private final IntSupplier waiting;
  private final EngineMetrics metrics;
  private final Set<String> told = new HashSet<>();
  private UUID front = FIRST;
  private UUID sweep = FIRST;
  private List<Store.Namespace> left = List.of();
  private long after;

  /** @param waiting requests that wait for the database: they go first */
  SealJobs(Store store, IntSupplier waiting, EngineMetrics metrics) {
    this.store = store;
    this.jobs = store.jobs();
    this.waiting = waiting;
    this.metrics = metrics;
  }

  @Override
  public Duration every() {
    return Duration.ofSeconds(1);
  }

  @Override
  public int tick(Instant now) {
    int pages = waiting.getAsInt() == 0 ? IDLE : 1;
    for (int page = 0; page < pages; page++) front = walked(front, since(now));
    sweep = walked(sweep, FIRST);
    verify();
    // Nobody waits for a seal.
    return 0;
  }

  private UUID walked(UUID from, UUID again) {
    SealWalk walk = jobs.sealJobs(from, ROWS);
    UUID next = walk.next();
    return next == null ? again : next;
  }

  /** Ids begin with their time. */
  private static UUID since(Instant now) {
    return new UUID(Math.max(0, now.minus(NEW).toEpochMilli()) << 16, 0);
  }

  private void verify() {
    if (left.isEmpty()) left = store.namespaces();
    if (left.isEmpty()) return;
    String namespace = left.getFirst().name();
    SealPage page = jobs.verifySeals(namespace, after, LINKS);
    after = page.next();
    @Nullable String why = page.why();
    if (why != null && told.add(namespace + why)) {
      LOG.error("the sealed ledgers of {} are broken: {}", namespace, why);
      metrics.damaged(1);
    }
    if (!page.through()) return;
    jobs.forgetSeals(namespace, ROWS);
    left = left.subList(1, left.size());
    after = 0;
  }
}
