package dev.pawl.engine.job;

import dev.pawl.engine.duty.Duty;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Store;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Computes the chains over what operators did again, and says which is broken. It repairs nothing. */
public final class VerifyAudit implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(VerifyAudit.class);
  private static final Duration EVERY = Duration.ofHours(1);

  private final Store store;
  private final EngineMetrics metrics;
  private volatile Instant next = Instant.MIN;

  public VerifyAudit(Store store, EngineMetrics metrics) {
    this.store = store;
    this.metrics = metrics;
  }

  @Override
  public Duration every() {
    return Duration.ofMinutes(1);
  }

  @Override
  public int tick(Instant now) {
    if (now.isBefore(next)) return 0;
    next = now.plus(EVERY);
    for (Store.Namespace namespace : store.namespaces()) {
      tell(namespace, "jobs", store.jobs().verifyAudit(namespace.name()));
      tell(namespace, "runs", store.runAudit().verify(namespace.name()));
    }
    return 0;
  }

  private void tell(Store.Namespace namespace, String of, JobStore.AuditReport report) {
    if (report.brokenAt() == null) return;
    LOG.error("the audit of {} in {} is broken: {}", of, namespace.name(), report.why());
    metrics.damaged(1);
  }
}
