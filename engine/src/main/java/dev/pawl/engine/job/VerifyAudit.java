package dev.pawl.engine.job;

import dev.pawl.engine.duty.Duty;
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
  private volatile Instant next = Instant.MIN;

  public VerifyAudit(Store store) {
    this.store = store;
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

  private static void tell(Store.Namespace namespace, String of, JobStore.AuditReport report) {
    if (report.brokenAt() != null) LOG.error("the audit of {} in {} is broken: {}", of, namespace.name(), report.why());
  }
}
