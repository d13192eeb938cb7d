package dev.pawl.sdk.worker;

import dev.pawl.core.run.Event;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.replay.Link;
import dev.pawl.sdk.replay.ReplayEnvironment;
import dev.pawl.sdk.replay.ReplayRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs on this worker. One that is granted takes a place among those that are worked on; one that waits for the outside
 * is parked in memory, as many as there is room for, the longest unused leave first. A parked run holds no lease.
 */
final class WorkflowWork {
  private static final Logger LOG = LoggerFactory.getLogger(WorkflowWork.class);

  private final WorkerApi api;
  private final ReplayEnvironment environment;
  private final int cached;
  private final Consumer<TaskToken> onLeaseLost;
  private final Predicate<SessionId> sessionGood;
  private final Semaphore places;
  private final ReentrantLock lock = new ReentrantLock();
  /** By use, the longest unused first; parked ones and active ones. */
  private final Map<RunId, HeldRun> runs = new LinkedHashMap<>(64, 0.75f, true);
  private int parked;
  private volatile boolean stopping;

  /** @param sessionGood whether a session is this worker's own and in contact */
  WorkflowWork(WorkerApi api, ReplayEnvironment environment, WorkerSettings settings, Predicate<SessionId> sessionGood) {
    this.sessionGood = sessionGood;
    this.api = api;
    this.environment = environment;
    this.cached = settings.cachedRuns;
    this.onLeaseLost = settings::tellLost;
    this.places = new Semaphore(settings.workflows);
  }

  /** Places for runs that are worked on; a poll takes them before it asks. */
  Semaphore places() {
    return places;
  }

  // ---- grants

  /** Begins or goes on with a granted run; its place is taken. */
  void granted(WorkerApi.WorkflowTaskGrant grant, SessionId session) {
    if (stopping) {
      giveBack(grant.token(), session);
      return;
    }
    RunId id = grant.token().run();
    HeldRun before;
    boolean goesOn;
    lock.lock();
    try {
      before = runs.get(id);
      goesOn = before != null && (!before.active() || before.releasing()) && grant.knownSeq() > 0 && grant.complete();
      if (before != null && goesOn) {
        // Faster than the run could park: it goes straight on, and needs one place only.
        if (before.active()) places.release();
        else parked--;
        before.leased(grant, session);
      } else if (before != null) {
        forget(before);
      }
    } finally {
      lock.unlock();
    }
    if (before != null && goesOn) {
      before.run().resume(grant.events(), grant.updates());
      return;
    }
    if (before != null) before.run().drop();
    HeldRun held = new HeldRun(this, api, grant, session);
    if (grant.knownSeq() == 0 && grant.complete()) begin(held, grant.events());
    else Thread.ofVirtual().name("pawl-history").start(() -> beginFromHistory(held));
  }

  private void beginFromHistory(HeldRun held) {
    List<Event> history;
    try {
      history = held.events(0);
    } catch (Link.LeaseGone e) {
      places.release();
      return;
    } catch (RuntimeException e) {
      LOG.warn("the history of run {} could not be read", held.token().run(), e);
      giveBack(held.token(), held.session());
      return;
    }
    begin(held, history);
  }

  private void begin(HeldRun held, List<Event> history) {
    WorkerApi.WorkflowTaskGrant grant = held.grant();
    RunId id = held.token().run();
    ReplayRun run;
    try {
      run = new ReplayRun(environment, grant.namespace(), grant.workflowId(), id, held, history, grant.updates());
    } catch (RuntimeException e) {
      places.release();
      fail(held, environment.failures().toFailure(e));
      return;
    }
    held.is(run);
    lock.lock();
    try {
      runs.put(id, held);
    } finally {
      lock.unlock();
    }
    run.start();
  }

  private void giveBack(TaskToken token, SessionId session) {
    places.release();
    try {
      api.release(token, session);
    } catch (RuntimeException e) {
      LOG.debug("could not give back {}: {}", token, e.getMessage());
    }
  }

  // ---- what the runs say

  /** Whether what the run has to say still counts, as far as this worker can know. */
  boolean mayGoOn(HeldRun held) {
    return held.active() && sessionGood.test(held.session());
  }

  void parked(HeldRun held) {
    List<HeldRun> leaving = new ArrayList<>();
    lock.lock();
    try {
      if (!held.releasing()) return; // granted again before it got here
      held.rests();
      if (runs.get(held.token().run()) != held) {
        leaving.add(held);
      } else {
        parked++;
        while (parked > cached) leaving.add(evictOne());
      }
    } finally {
      lock.unlock();
    }
    places.release();
    for (HeldRun old : leaving) old.run().drop();
  }

  private HeldRun evictOne() {
    for (HeldRun held : runs.values()) {
      if (held.active()) continue;
      runs.remove(held.token().run());
      parked--;
      return held;
    }
    throw new IllegalStateException("more parked runs than runs");
  }

  void ended(HeldRun held) {
    lock.lock();
    try {
      forget(held);
    } finally {
      lock.unlock();
    }
  }

  /** Takes it off the books, once. */
  private void forget(HeldRun held) {
    boolean mine = runs.remove(held.token().run(), held);
    if (held.active()) {
      held.rests();
      places.release();
    } else if (mine) {
      parked--;
    }
  }

  /** What was in memory does not fit the grant: from the whole history, under the same lease. */
  void rebuild(HeldRun held) {
    HeldRun next = new HeldRun(this, api, held.grant(), held.session());
    lock.lock();
    try {
      runs.remove(held.token().run(), held);
      held.rests(); // its place passes on
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual().name("pawl-history").start(() -> beginFromHistory(next));
  }

  void broken(HeldRun held, Failure why) {
    LOG.warn("run {} can't go on here: {}: {}", held.token().run(), why.type(), why.message());
    boolean leased = held.active();
    // Told before its place is free, so that the next grant of it finds nothing of it here.
    if (leased) fail(held, why);
    ended(held);
  }

  private void fail(HeldRun held, Failure why) {
    try {
      api.fail(held.token(), held.session(), why);
    } catch (RuntimeException e) {
      LOG.debug("the failure of {} could not be told: {}", held.token(), e.getMessage());
    }
  }

  // ---- the session's side

  List<TaskToken> holding() {
    return active().stream().map(HeldRun::token).toList();
  }

  private List<HeldRun> active() {
    lock.lock();
    try {
      return runs.values().stream().filter(HeldRun::active).collect(Collectors.toList());
    } finally {
      lock.unlock();
    }
  }

  void lost(Set<TaskToken> tokens) {
    for (HeldRun held : active()) {
      if (!tokens.contains(held.token())) continue;
      drop(held);
      onLeaseLost.accept(held.token());
    }
  }

  private void drop(HeldRun held) {
    ended(held);
    held.run().drop();
  }

  /** Drops everything, parked runs included: their session is no more, nobody would send them their news. */
  void dropAll() {
    List<HeldRun> all;
    lock.lock();
    try {
      all = new ArrayList<>(runs.values());
    } finally {
      lock.unlock();
    }
    for (HeldRun held : all) drop(held);
  }

  int activeCount() {
    return active().size();
  }

  void stop() {
    stopping = true;
  }

  /** Fails runs whose code does not come back: it computes for ever, or blocks on something that Pawl can't see. */
  void watch() {
    for (HeldRun held : active()) {
      ReplayRun run = held.run();
      Duration busy = run.busyFor();
      if (busy.isZero() || busy.compareTo(run.taskTimeout()) <= 0) continue;
      Thread thread = run.busyThread();
      String stack = thread == null ? "" : Arrays.stream(thread.getStackTrace()).limit(30)
          .map(frame -> "at " + frame).collect(Collectors.joining("\n"));
      if (!run.drop()) continue;
      if (thread != null) thread.interrupt();
      broken(held, new Failure(Failure.POISONED_PROGRAM, ("the code has not come back to Pawl for %d s. Blocking calls belong into "
          + "Pawl.step or an activity, waiting into Pawl.await. It was here:%n%s").formatted(busy.toSeconds(), stack),
          stack, false, null, null, null));
    }
  }

  /** The run, if it is parked here. */
  @Nullable ReplayRun inMemory(RunId id) {
    lock.lock();
    try {
      HeldRun held = runs.get(id);
      return held == null || held.active() ? null : held.run();
    } finally {
      lock.unlock();
    }
  }
}
