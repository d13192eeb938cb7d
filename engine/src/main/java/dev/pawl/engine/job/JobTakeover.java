package dev.pawl.engine.job;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.JobEvent;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.RevokeLease;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Takes back what sessions that have ended still hold. Any node may ask for it: the epoch lets it happen once. */
public final class JobTakeover {
  static final Actor DISPATCHER = new Actor(Actor.Kind.DISPATCHER, "takeover");
  private static final int PORTION = 1_000;

  private final Store store;
  private final JobLanes lanes;
  private final EngineMetrics metrics;
  private final AtomicLong lookedAt = new AtomicLong(System.nanoTime());

  JobTakeover(Store store, JobLanes lanes, EngineMetrics metrics) {
    this.store = store;
    this.lanes = lanes;
    this.metrics = metrics;
  }

  /** For polls, which look far more often than anything can have been lost: does nothing if somebody looked lately. */
  void unlessLately(boolean force, long every) {
    long now = System.nanoTime();
    long then = lookedAt.get();
    if (force || (now - then >= every && lookedAt.compareAndSet(then, now))) {
      store.expireSessions();
      abandoned();
    }
  }

  /** @return how many leases were taken back */
  public int abandoned() {
    List<RevokeLease> all = new ArrayList<>();
    for (JobStore.LeaseKey lease : store.jobs().abandoned(PORTION)) {
      all.add(new RevokeLease(lease.job(), lease.epoch(), JobEvent.NODE_LOST, DISPATCHER));
    }
    return revoke(all);
  }

  /** Ends leases that their session does not list. */
  public int unlisted(List<Store.HeldLease> leases) {
    List<RevokeLease> all = new ArrayList<>();
    for (Store.HeldLease lease : leases) {
      all.add(new RevokeLease(
          new JobId(lease.id().run().value()), lease.epoch(), JobEvent.LEASE_UNLISTED, DISPATCHER));
    }
    return revoke(all);
  }

  private int revoke(List<RevokeLease> all) {
    if (all.isEmpty()) return 0;
    Failpoint.REVOKE_BEFORE.reach();
    int revoked = 0;
    for (JobAnswer<JobPhase> answer : lanes.submitAll(all)) if (answer.ok()) revoked++;
    Failpoint.REVOKE_AFTER.reach();
    metrics.revoked("lost", revoked);
    return revoked;
  }
}
