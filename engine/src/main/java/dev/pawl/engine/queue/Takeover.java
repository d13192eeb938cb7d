package dev.pawl.engine.queue;

import dev.pawl.core.run.LoseActivity;
import dev.pawl.core.run.LoseTask;
import dev.pawl.core.run.Request;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.commit.Answer;
import dev.pawl.engine.commit.Lanes;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Takes back what lost sessions hold. Expiry makes a lease revocable; only the recorded revocation ends it, and any
 * node may ask for it: the epoch in the request lets it happen once.
 */
public final class Takeover {
  private static final int PORTION = 500;

  private final Store store;
  private final Lanes lanes;
  private final Predicate<SessionId> closed;
  private final EngineMetrics metrics;
  private final LookedPast<TaskId> past = new LookedPast<>();
  private final AtomicLong runsAt = new AtomicLong(System.nanoTime());
  private final AtomicLong activitiesAt = new AtomicLong(System.nanoTime());

  /** @param closed sessions that ended at their worker's own word */
  public Takeover(Store store, Lanes lanes, Predicate<SessionId> closed, EngineMetrics metrics) {
    this.store = store;
    this.lanes = lanes;
    this.closed = closed;
    this.metrics = metrics;
  }

  /** @return how many leases were taken back */
  public int takeBack() {
    store.expireSessions();
    return runs() + activities();
  }

  /** For polls, which look far more often than anything can have been lost: does nothing if somebody looked lately. */
  void runsUnlessLately(boolean force, long every) {
    if (force || turn(runsAt, every)) runs();
  }

  void activitiesUnlessLately(boolean force, long every) {
    if (force || turn(activitiesAt, every)) activities();
  }

  private static boolean turn(AtomicLong last, long every) {
    long now = System.nanoTime();
    long then = last.get();
    return now - then >= every && last.compareAndSet(then, now);
  }

  public int runs() {
    List<Request<?>> revocations = new ArrayList<>();
    // A run that cannot be read is blocked by the first try, and nobody holds it then.
    for (Store.HeldRun held : store.abandonedRuns(PORTION)) {
      revocations.add(new LoseTask(held.run(), held.epoch(), cause(held.session())));
    }
    return revoke(revocations, List.of());
  }

  public int activities() {
    List<Request<?>> revocations = new ArrayList<>();
    List<TaskId> ids = new ArrayList<>();
    Instant now = store.now();
    for (ActivityTask held : store.abandonedActivities(PORTION + past.size(now))) {
      SessionId session = held.session();
      if (past.has(held.id())) continue;
      ids.add(held.id());
      revocations.add(new LoseActivity(held.id(), held.epoch(),
          session == null ? "SESSION_EXPIRED" : cause(session)));
    }
    return revoke(revocations, ids);
  }

  /** Ends leases for a reason that is known already. */
  public int takeBack(List<Store.HeldLease> leases, String cause) {
    List<Request<?>> revocations = new ArrayList<>();
    for (Store.HeldLease lease : leases) {
      revocations.add(lease.id().step() == 0
          ? new LoseTask(lease.id().run(), lease.epoch(), cause)
          : new LoseActivity(lease.id(), lease.epoch(), cause));
    }
    return revoke(revocations, List.of());
  }

  private String cause(SessionId session) {
    return closed.test(session) ? LoseTask.SESSION_CLOSED : "SESSION_EXPIRED";
  }

  /** @param activities whose leases they end; empty: not only activities */
  @SuppressWarnings("unchecked")
  private int revoke(List<Request<?>> revocations, List<TaskId> activities) {
    if (revocations.isEmpty()) return 0;
    Failpoint.REVOKE_BEFORE.reach();
    List<Request<Object>> requests = (List<Request<Object>>) (List<?>) revocations;
    int revoked = 0;
    List<Answer<Object>> answers = lanes.submitAll(requests);
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i).ok()) revoked++;
      else if (answers.get(i).refusal() == Rejection.Code.RUN_CORRUPT && !activities.isEmpty()) {
        past.add(activities.get(i), store.now());
      }
    }
    Failpoint.REVOKE_AFTER.reach();
    metrics.revoked("lost", revoked);
    return revoked;
  }
}
