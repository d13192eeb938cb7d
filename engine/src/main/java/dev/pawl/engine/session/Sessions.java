package dev.pawl.engine.session;

import dev.pawl.core.job.JobId;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.worker.WorkerApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The sessions that speak to this node. */
public final class Sessions {
  private static final int REMEMBERED_ENDS = 10_000;

  private final Store store;
  private final LeaseTimings timings;
  private final Revoker revoker;
  private final Consumer<List<Store.HeldLease>> jobRevoker;
  private volatile Consumer<SessionId> whenOneTakesNoMore = id -> {};
  private final Map<SessionId, Known> known = new ConcurrentHashMap<>();
  private final Map<SessionId, End> ended = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<SessionId, End> eldest) {
      return size() > REMEMBERED_ENDS;
    }
  };

  private enum End {
    CLOSED,
    LOST,
    /** It was granted work that the database may know nothing of. */
    OUTLIVED
  }

  /** Ends leases, one request each. */
  @FunctionalInterface
  public interface Revoker {
    void revoke(List<Store.HeldLease> leases, String cause);
  }

  /** What this node remembers between two heartbeats; a session that changes nodes only loses a little time by it. */
  private static final class Known {
    final WorkerApi.OpenSession opened;
    final Map<TaskId, Long> missed = new HashMap<>();
    volatile boolean draining;

    Known(WorkerApi.OpenSession opened) {
      this.opened = opened;
    }
  }

  /** @param jobRevoker ends leases of jobs that their session does not list */
  public Sessions(
      Store store, LeaseTimings timings, Revoker revoker, Consumer<List<Store.HeldLease>> jobRevoker) {
    this.store = store;
    this.timings = timings;
    this.revoker = revoker;
    this.jobRevoker = jobRevoker;
  }

  /** @param told of each session that wants no more work, or has ended; its polls are to look at {@link #takesWork} */
  public void whenOneTakesNoMore(Consumer<SessionId> told) {
    whenOneTakesNoMore = told;
  }

  public WorkerApi.SessionTerms open(WorkerApi.OpenSession session) {
    if (session.capacity() < 1) {
      throw new RejectedException(Rejection.invalid("capacity", "expected 1 or more, got " + session.capacity()));
    }
    if (session.worker().isBlank() || session.worker().length() > 255) {
      throw new RejectedException(Rejection.invalid("worker", "expected 1 to 255 characters"));
    }
    if (ended(session.session()) || !renew(session, "SYNC", 0)) throw lost(session.session());
    known.put(session.session(), new Known(session));
    LeaseTimings t = timings(session);
    return new WorkerApi.SessionTerms(t.heartbeat(), t.leaseTime(), t.selfFence());
  }

  private boolean renew(WorkerApi.OpenSession session, String state, long seq) {
    return store.renew(new Store.Session(session.session(), session.worker(), state, session.capacity(),
        session.buildId(), seq), timings(session).leaseTime());
  }

  private LeaseTimings timings(WorkerApi.OpenSession session) {
    return session.renewal() == WorkerApi.Renewal.REGISTRATION ? LeaseTimings.REGISTRATION : timings;
  }

  /**
   * Renews the session, tells it which of its work it has lost and which should stop, and takes back what it does not
   * list.
   */
  public WorkerApi.HeartbeatAck heartbeat(WorkerApi.Heartbeat beat) {
    SessionId id = beat.session();
    if (ended(id)) throw lost(id);
    Known session = known(id);
    if (!renew(session.opened, beat.state(), beat.seq())) {
      end(id, End.LOST);
      throw lost(id);
    }
    session.draining = beat.state().equals("DRAINING");
    if (session.draining) whenOneTakesNoMore.accept(id);
    Failpoint.HEARTBEAT_HALF.reach();
    Set<TaskToken> lost = progress(beat);
    List<Store.HeldLease> leases = store.leasesOf(id);
    Map<TaskId, Long> held = new HashMap<>();
    for (Store.HeldLease lease : leases) held.put(lease.id(), lease.epoch());
    Set<TaskToken> cancel = new HashSet<>();
    compare(beat, held, lost, cancel);
    unlisted(session, beat, leases);
    return new WorkerApi.HeartbeatAck(beat.seq(), lost, cancel, !lost.isEmpty());
  }

  /** Records signs of life. @return those that are held by somebody else now */
  private Set<TaskToken> progress(WorkerApi.Heartbeat beat) {
    Set<TaskToken> lost = new HashSet<>();
    if (beat.progress().isEmpty()) return lost;
    List<Store.Beat> beats = new ArrayList<>(beat.progress().size());
    for (WorkerApi.ActivityBeat one : beat.progress()) {
      beats.add(new Store.Beat(one.token().id(), one.token().epoch(), one.details()));
    }
    Set<TaskId> alive = new HashSet<>();
    for (ActivityTask task : store.beat(beats)) alive.add(task.id());
    for (WorkerApi.ActivityBeat one : beat.progress()) if (!alive.contains(one.token().id())) lost.add(one.token());
    return lost;
  }

  private void compare(WorkerApi.Heartbeat beat, Map<TaskId, Long> held, Set<TaskToken> lost, Set<TaskToken> cancel) {
    List<TaskId> activities = new ArrayList<>();
    List<TaskToken> jobs = new ArrayList<>();
    for (TaskToken token : beat.holding()) {
      Long epoch = held.get(token.id());
      if (epoch == null || epoch != token.epoch()) lost.add(token);
      else if (token.step() == Store.JOB) jobs.add(token);
      else if (token.step() != 0) activities.add(token.id());
    }
    if (!jobs.isEmpty()) cancelledJobs(beat.session(), jobs, cancel);
    if (activities.isEmpty()) return;
    Map<TaskId, ActivityTask> tasks =
        store.load(new Store.Wanted(List.of(), List.of(), activities, List.of(), List.of())).tasks();
    for (TaskToken token : beat.holding()) {
      ActivityTask task = tasks.get(token.id());
      if (task != null && task.epoch() == token.epoch() && task.cancelRequested()) cancel.add(token);
    }
  }

  private void cancelledJobs(SessionId session, List<TaskToken> listed, Set<TaskToken> cancel) {
    Set<JobStore.LeaseKey> stop = new HashSet<>(store.jobs().cancelled(session));
    if (stop.isEmpty()) return;
    for (TaskToken token : listed) {
      if (stop.contains(new JobStore.LeaseKey(new JobId(token.run().value()), token.epoch()))) cancel.add(token);
    }
  }

  /** A lease that is older than two heartbeats and that two heartbeats in a row did not list never arrived. */
  private void unlisted(Known session, WorkerApi.Heartbeat beat, List<Store.HeldLease> leases) {
    Map<TaskId, Long> listed = new HashMap<>();
    for (TaskToken token : beat.holding()) listed.put(token.id(), token.epoch());
    List<Store.HeldLease> revoked = new ArrayList<>();
    Map<TaskId, Long> missing = new HashMap<>();
    Duration old = timings.heartbeat().multipliedBy(2);
    synchronized (session) {
      for (Store.HeldLease lease : leases) {
        if (lease.age().compareTo(old) <= 0) continue;
        if (Long.valueOf(lease.epoch()).equals(listed.get(lease.id()))) continue;
        if (Long.valueOf(lease.epoch()).equals(session.missed.get(lease.id()))) revoked.add(lease);
        else missing.put(lease.id(), lease.epoch());
      }
      session.missed.clear();
      session.missed.putAll(missing);
    }
    List<Store.HeldLease> jobs = revoked.stream().filter(lease -> lease.id().step() == Store.JOB).toList();
    revoked.removeAll(jobs);
    if (!revoked.isEmpty()) revoker.revoke(revoked, "LEASE_UNLISTED");
    if (!jobs.isEmpty()) jobRevoker.accept(jobs);
  }

  /** Ends a session at the worker's word; what it still holds is free at once. */
  public void close(SessionId id) {
    store.close(id);
    end(id, End.CLOSED);
    // A worker gives its jobs back before it goes; one that did not has lost them, and takeover finds them.
    List<Store.HeldLease> left = store.leasesOf(id).stream()
        .filter(lease -> lease.id().step() != Store.JOB).toList();
    if (!left.isEmpty()) revoker.revoke(left, "SESSION_CLOSED");
  }

  private void end(SessionId id, End how) {
    known.remove(id);
    synchronized (ended) {
      ended.put(id, how);
    }
    whenOneTakesNoMore.accept(id);
  }

  /**
   * A standby has taken over the database. The epochs that were granted since its last commit come again: only a session
   * that nobody has had before can tell them apart.
   */
  public void outlive() {
    for (SessionId id : List.copyOf(known.keySet())) end(id, End.OUTLIVED);
  }

  /** @throws RejectedException {@code LEASE_LOST} if it is from before a standby took over the database */
  public void holder(SessionId id) {
    synchronized (ended) {
      if (ended.get(id) != End.OUTLIVED) return;
    }
    throw new RejectedException(Rejection.because(Rejection.Code.LEASE_LOST,
        "a standby has taken over the database since session %s was opened; open a new one".formatted(id)));
  }

  /** Whether the session is known to have ended, either way. */
  public boolean ended(SessionId id) {
    synchronized (ended) {
      return ended.containsKey(id);
    }
  }

  /** Whether it may be given work: it has not ended, and has not said that it wants no more. */
  public boolean takesWork(SessionId id) {
    Known session = known.get(id);
    return !ended(id) && (session == null || !session.draining);
  }

  /** Whether it ended at its worker's own word. */
  public boolean closed(SessionId id) {
    synchronized (ended) {
      return ended.get(id) == End.CLOSED;
    }
  }

  /** @throws RejectedException {@code SESSION_LOST} if it has ended, or was never opened */
  public @Nullable String buildOf(SessionId id) {
    return known(id).opened.buildId();
  }

  /** A session of this node, or one that was opened on another node and comes here now. */
  private Known known(SessionId id) {
    Known session = known.get(id);
    if (session != null) return session;
    if (ended(id)) throw lost(id);
    Store.Session opened = store.openSession(id).orElseThrow(() -> lost(id));
    Known moved = new Known(new WorkerApi.OpenSession(
        id, opened.worker(), opened.capacity(), opened.buildId(), WorkerApi.Renewal.LISTED));
    Known meanwhile = known.putIfAbsent(id, moved);
    return meanwhile == null ? moved : meanwhile;
  }

  /** The runs that a session holds, for tests and for people. */
  public Set<RunId> runsOf(SessionId id) {
    Set<RunId> runs = new HashSet<>();
    for (Store.HeldLease lease : store.leasesOf(id)) {
      if (lease.id().step() == 0) runs.add(lease.id().run());
    }
    return runs;
  }

  private static RejectedException lost(SessionId id) {
    return new RejectedException(Rejection.because(Rejection.Code.SESSION_LOST,
        "session %s is not open here: it expired, was closed, or was never opened; open a new one".formatted(id)));
  }
}
