package dev.pawl.server.work;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Store;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls that ended with an error: what they were granted may have been committed all the same, and a registration that
 * goes on renews it for ever. A lease of the session that came about while such a poll was under way, and that no answer
 * of this node carried, is its grant: it is given back without a penalty, as soon as the database answers.
 */
final class LostGrants {
  private static final Logger LOG = LoggerFactory.getLogger(LostGrants.class);
  private static final int REMEMBERED = 10_000;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final PawlEngine engine;
  /** What was put into an answer, by task and epoch. */
  private final Map<Grant, Boolean> handed = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Grant, Boolean> eldest) {
      return size() > REMEMBERED;
    }
  };

  private record Grant(TaskId id, long epoch) {}

  LostGrants(PawlEngine engine) {
    this.engine = engine;
  }

  void handed(TaskToken token) {
    synchronized (handed) {
      handed.put(new Grant(token.id(), token.epoch()), true);
    }
  }

  private boolean wasHanded(Store.HeldLease lease) {
    synchronized (handed) {
      return handed.containsKey(new Grant(lease.id(), lease.epoch()));
    }
  }

  /**
   * A poll ended with an error.
   *
   * @param workflows whether it was one for workflow tasks
   * @param began when it came, by {@link System#nanoTime}
   */
  void failed(SessionId session, boolean workflows, long began) {
    long ended = System.nanoTime();
    Thread.ofVirtual().name("lost-grants").start(() -> {
      Duration pause = FIRST;
      while (System.nanoTime() - ended < PATIENCE.toNanos()) {
        LockSupport.parkNanos(pause.toNanos());
        try {
          giveBack(session, workflows, began, ended);
          return;
        } catch (RejectedException e) {
          if (e.code() == Rejection.Code.SHUTTING_DOWN) return;
          LOG.debug("not yet: {}", e.getMessage());
        } catch (RuntimeException e) {
          LOG.debug("not yet: {}", e.getMessage());
        }
        if (pause.compareTo(LONGEST) < 0) pause = pause.multipliedBy(2);
      }
    });
  }

  private void giveBack(SessionId session, boolean workflows, long began, long ended) {
    long asked = System.nanoTime();
    List<Store.HeldLease> leases = engine.store().leasesOf(session);
    long answered = System.nanoTime();
    for (Store.HeldLease lease : leases) {
      long age = lease.age().toNanos();
      boolean then = answered - age >= began && asked - age <= ended;
      if (!then || (lease.id().step() == 0) != workflows || wasHanded(lease)) continue;
      if (workflows) {
        engine.worker().release(new TaskToken(lease.id().run(), 0, 1, lease.epoch()), session);
      } else {
        ActivityTask task = task(lease.id());
        if (task == null || task.epoch() != lease.epoch()) continue;
        engine.worker().releaseActivity(task.token(), session);
      }
      LOG.info("a grant that its worker never heard of is given back: {}", lease.id());
    }
  }

  private @Nullable ActivityTask task(TaskId id) {
    return engine.store().load(new Store.Wanted(List.of(), List.of(), List.of(id), List.of(), List.of())).tasks().get(id);
  }
}
