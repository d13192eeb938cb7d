package dev.pawl.server.standalone;

import dev.pawl.core.run.Event;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.worker.WorkerApi;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This server's share of the runs that host activities: a worker inside the server, which any other server may take over
 * from. It looks in a namespace from the first such run on that this server hears of, or finds open.
 */
public final class Hosts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Hosts.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  /** How often it looks for runs that another server left. */
  private static final Duration LOOK = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final String OPEN = "WorkflowType = '%s' and Status = 'RUNNING'".formatted(HostProgram.TYPE);
  private static final int AT_ONCE = 50;
  private static final int EVENTS = 1_000;

  private final PawlEngine engine;
  private final WorkerApi worker;
  private final Set<String> served = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  public Hosts(PawlEngine engine) {
    this.engine = engine;
    this.worker = engine.worker();
  }

  /** Begins to look for runs that another server left. */
  public void start() {
    Thread.ofVirtual().name("pawl-activity-hosts").start(() -> {
      while (!closed) {
        try {
          for (Store.Namespace one : engine.namespaces()) {
            if (!served.contains(one.name()) && engine.control().count(one.name(), OPEN) > 0) serve(one.name());
          }
        } catch (RuntimeException e) {
          if (!closed) LOG.debug("activities of their own are looked for again: {}", e.getMessage());
        }
        LockSupport.parkNanos(LOOK.toNanos());
      }
    });
  }

  /** From now on runs of this namespace are worked on here. */
  void serve(String namespace) {
    if (closed || !served.add(namespace)) return;
    Thread.ofVirtual().name("pawl-activity-hosts-" + namespace).start(() -> {
      while (!closed) {
        try {
          incarnation(namespace);
        } catch (RuntimeException e) {
          if (closed) return;
          LOG.debug("begins again: {}", e.getMessage());
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      }
    });
  }

  /** One session, for as long as the engine knows it. */
  private void incarnation(String namespace) {
    SessionId session = SessionId.random();
    WorkerApi.SessionTerms terms = worker.open(new WorkerApi.OpenSession(session, "activities of " + namespace, AT_ONCE, null));
    Thread beats = Thread.ofVirtual().name("pawl-activity-hosts-beat").start(() -> beat(session, terms.heartbeat()));
    try {
      while (!closed) {
        WorkerApi.Poll poll = new WorkerApi.Poll(
            session, namespace, HostProgram.QUEUE, Set.of(HostProgram.TYPE), AT_ONCE, PATIENCE, null);
        for (WorkerApi.WorkflowTaskGrant grant : worker.pollWorkflows(poll)) goOn(grant.token(), session);
      }
    } finally {
      beats.interrupt();
    }
    worker.close(session);
  }

  /** Nothing is listed: whatever is granted is done within moments, or lost and granted again. */
  private void beat(SessionId session, Duration every) {
    for (long seq = 1; !closed && !Thread.currentThread().isInterrupted(); seq++) {
      try {
        worker.heartbeat(new WorkerApi.Heartbeat(session, seq, "IDLE", List.of(), List.of()));
      } catch (RejectedException e) {
        if (e.code() == Rejection.Code.SESSION_LOST || e.code() == Rejection.Code.SHUTTING_DOWN) return;
      } catch (RuntimeException e) {
        LOG.debug("heartbeat: {}", e.getMessage());
      }
      LockSupport.parkNanos(every.toNanos());
    }
  }

  private void goOn(TaskToken token, SessionId session) {
    try {
      List<Event> history = worker.history(token, 0, EVENTS);
      worker.replayed(token, session, history.getLast().seq(), List.of(HostProgram.next(history)));
    } catch (RejectedException e) {
      // Cancelled meanwhile, or granted to somebody else: there is nothing to do any more.
      LOG.debug("run {}: {}", token.run(), e.getMessage());
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
