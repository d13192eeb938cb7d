package dev.pawl.sdk.worker;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.worker.WorkerApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This worker's incarnation towards the engine: says on its own thread and at its own pace what the worker really does, and
 * makes it stop by the monotonic clock when the engine has not answered for too long.
 */
final class Session {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /** The work that stands behind the session. */
  interface Work {
    /** Tokens of everything that is really executing. */
    List<TaskToken> holding();

    /** Takes the news of activities since the last heartbeat. */
    List<WorkerApi.ActivityBeat> progress();

    /** These did not get through and are news still. */
    void untold(List<WorkerApi.ActivityBeat> progress);

    void lost(Set<TaskToken> tokens);

    void cancel(Set<TaskToken> tokens);

    /** Nothing that runs may go on. */
    void stopAll(String why);

    /** Looks after runs that do not come back; called every few hundred milliseconds. */
    void watch();
  }

  private final WorkerApi api;
  private final WorkerApi.OpenSession template;
  private final Work work;
  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock beating = new ReentrantLock();
  private final Condition soon = lock.newCondition();
  private final Thread beater = Thread.ofPlatform().daemon().name("pawl-heartbeat").unstarted(this::beat);
  private final Thread watcher = Thread.ofPlatform().daemon().name("pawl-watch").unstarted(this::watch);
  private volatile SessionId id;
  private volatile WorkerApi.SessionTerms terms;
  private volatile long lastAcknowledged;
  private volatile boolean fenced;
  private volatile boolean draining;
  private volatile boolean stopped;
  private boolean early;
  private long seq;

  Session(WorkerApi api, String name, int capacity, @org.jspecify.annotations.Nullable String buildId, Work work) {
    this.api = api;
    this.work = work;
    this.id = SessionId.random();
    this.template = new WorkerApi.OpenSession(id, name, capacity, buildId);
    this.lastAcknowledged = System.nanoTime();
    this.terms = api.open(template);
  }

  void start() {
    beater.start();
    watcher.start();
  }

  SessionId id() {
    return id;
  }

  /** Whether work may be taken and done. */
  boolean good() {
    return !fenced && !stopped;
  }

  Duration heartbeat() {
    return terms.heartbeat();
  }

  void drain() {
    draining = true;
    beatSoon();
  }

  /** The next heartbeat goes out now. */
  void beatSoon() {
    lock.lock();
    try {
      early = true;
      soon.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the session; whatever it still holds is free at once. */
  void close() {
    stopped = true;
    beatSoon();
    try {
      api.close(id);
    } catch (RuntimeException e) {
      LOG.warn("the session could not be closed and will expire instead: {}", e.getMessage());
    }
  }

  /** Falls silent without a word. */
  void abandon() {
    stopped = true;
    beatSoon();
  }

  /** The engine does not know this session any more: starts another one. Nothing that ran may go on. */
  void renew(SessionId lost) {
    lock.lock();
    try {
      if (stopped || !lost.equals(id)) return; // somebody did it already
      fenced = true;
      work.stopAll("the session was lost");
      SessionId next = SessionId.random();
      long sent = System.nanoTime();
      terms = api.open(new WorkerApi.OpenSession(next, template.worker(), template.capacity(), template.buildId()));
      seq = 0;
      id = next;
      lastAcknowledged = sent;
      fenced = false;
      LOG.info("began a new session, {}", next);
    } catch (RuntimeException e) {
      LOG.warn("no new session yet: {}", e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  // ---- heartbeats

  private void beat() {
    while (!stopped) {
      boolean answered = beatOnce();
      // After a failure again soon: three misses would end the session.
      await(answered ? terms.heartbeat() : terms.heartbeat().dividedBy(5));
    }
  }

  /** Tells the engine now what there is to tell, and waits for its answer. */
  void beatNow() {
    beatOnce();
  }

  private boolean beatOnce() {
    beating.lock(); // numbers of heartbeats must arrive in their order
    try {
      return beatLocked();
    } finally {
      beating.unlock();
    }
  }

  private boolean beatLocked() {
    SessionId session = id;
    long sent = System.nanoTime();
    List<TaskToken> holding = work.holding();
    List<WorkerApi.ActivityBeat> progress = new ArrayList<>(work.progress());
    try {
      String state = draining ? "DRAINING" : fenced ? "SYNC" : holding.isEmpty() ? "IDLE" : "BUSY";
      WorkerApi.HeartbeatAck ack =
          api.heartbeat(new WorkerApi.Heartbeat(session, ++seq, state, holding, progress));
      if (!session.equals(id)) return true;
      lastAcknowledged = sent;
      fenced = false;
      if (!ack.lost().isEmpty()) work.lost(ack.lost());
      if (!ack.cancel().isEmpty()) work.cancel(ack.cancel());
      return true;
    } catch (RejectedException e) {
      if (e.code() == Rejection.Code.SESSION_LOST) {
        if (!stopped) renew(session);
        return good();
      }
      work.untold(progress);
      if (!stopped) LOG.warn("heartbeat refused: {}", e.getMessage());
      return false;
    } catch (RuntimeException | Error e) { // whatever it is, the next heartbeat is tried
      work.untold(progress);
      if (!stopped) LOG.warn("heartbeat failed: {}", e.toString());
      return false;
    }
  }

  private void await(Duration time) {
    lock.lock();
    try {
      long rest = time.toNanos();
      while (!early && !stopped && rest > 0) rest = soon.awaitNanos(rest);
      early = false;
    } catch (InterruptedException e) {
      stopped = true;
    } finally {
      lock.unlock();
    }
  }

  // ---- the fence

  private void watch() {
    while (!stopped) {
      java.util.concurrent.locks.LockSupport.parkNanos(this, 200_000_000);
      try {
        // Counted from the sending: the engine's lease began to run no later than that.
        if (!fenced && System.nanoTime() - lastAcknowledged > terms.selfFence().toNanos()) {
          fenced = true;
          LOG.warn("no answer from the engine for {}: everything that runs here is stopped", terms.selfFence());
          work.stopAll("the engine did not answer for " + terms.selfFence());
        }
        work.watch();
      } catch (RuntimeException | Error e) { // without it nobody would stop work whose lease is lost
        LOG.error("the watch went wrong and goes on", e);
      }
    }
  }
}
