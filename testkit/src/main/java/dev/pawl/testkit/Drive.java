package dev.pawl.testkit;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.worker.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Moves everything that does not move by itself: gives the duties their turns and the clock its next instant. All of it on
 * the thread of whoever waits for something, so that nothing happens behind a test's back.
 *
 * <p>Quiet means: no call that may change something is under way, and the database knows no task that a living worker has
 * or would take now. Work is always held under a lease in the database from before the worker hears of it until its end is
 * recorded, so there is nothing else to ask.
 */
final class Drive {
  private static final long LOOK_AGAIN = Duration.ofMillis(50).toNanos();
  private static final int MOST_TURNS = 100_000;

  /** An activity that waits for the test's clock. */
  private static final class Sleeper {
    final Instant until;
    final Thread thread = Thread.currentThread();
    /** It is about to be interrupted: not quiet any more, and not to be woken by time. */
    volatile boolean toldToStop;

    Sleeper(Instant until) {
      this.until = until;
    }
  }

  private final PawlEngine engine;
  private final TestClock clock;
  private final Calls calls;
  private final Look look;
  private final Duration patience;
  private final Supplier<Map<WorkerLink, Worker>> workers;
  private final ReentrantReadWriteLock time;
  private final ReentrantLock driving = new ReentrantLock();
  private final Map<TaskToken, Sleeper> sleepers = new ConcurrentHashMap<>();

  Drive(PawlEngine engine, TestClock clock, Calls calls, Look look, Duration patience,
      Supplier<Map<WorkerLink, Worker>> workers, ReentrantReadWriteLock time) {
    this.engine = engine;
    this.clock = clock;
    this.calls = calls;
    this.look = look;
    this.patience = patience;
    this.workers = workers;
    this.time = time;
  }

  private Set<SessionId> alive() {
    Set<SessionId> alive = new HashSet<>();
    workers.get().keySet().forEach(link -> alive.addAll(link.alive()));
    return alive;
  }

  private boolean isServed(Standing.Task task) {
    for (Map.Entry<WorkerLink, Worker> entry : workers.get().entrySet()) {
      if (entry.getKey().isCut()) continue;
      Worker.Serving serves = entry.getValue().serves();
      Set<String> types = task.isWorkflow() ? serves.workflowTypes() : serves.activityTypes();
      if (serves.namespace().equals(task.namespace()) && serves.queue().equals(task.queue())
          && types.contains(task.type())) {
        return true;
      }
    }
    return false;
  }

  // ---- waiting

  /** Drives until {@code enough} holds or everything is quiet. @return whether it holds */
  boolean until(BooleanSupplier enough) {
    long since = System.nanoTime();
    long moves = calls.mark().moves();
    while (true) {
      if (enough.getAsBoolean()) return true;
      Calls.Mark mark = calls.mark();
      if (mark.moves() != moves) {
        moves = mark.moves();
        since = System.nanoTime();
      }
      List<Standing.Task> moving = List.of();
      if (mark.inside() == 0) {
        driving.lock();
        try {
          Standing standing = look.at(clock.instant());
          if (standing.hasDue(alive()) && tick() > 0) continue;
          moving = standing.moving(alive(), this::isServed, sleeping());
        } finally {
          driving.unlock();
        }
        boolean still = moving.isEmpty() && calls.mark().equals(mark);
        if (still && haveBeaten(mark.moves())) return enough.getAsBoolean();
      }
      if (System.nanoTime() - since > patience.toNanos()) throw stuck(moving);
      try {
        calls.awaitMove(mark, LOOK_AGAIN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while it waited for quiet", e);
      }
    }
  }

  private Set<TaskToken> sleeping() {
    Set<TaskToken> sleeping = new HashSet<>();
    sleepers.forEach((token, sleeper) -> {
      if (!sleeper.toldToStop) sleeping.add(token);
    });
    return sleeping;
  }

  /**
   * Where activities sleep, a heartbeat must have carried their news and brought the engine's since anything moved: in real
   * time there would have been many.
   */
  private boolean haveBeaten(long moves) {
    if (sleepers.isEmpty()) return true;
    boolean all = true;
    for (Map.Entry<WorkerLink, Worker> entry : workers.get().entrySet()) {
      if (entry.getKey().hasBeatenAt(moves)) continue;
      entry.getValue().beatSoon();
      all = false;
    }
    return all;
  }

  /** The worker was asked to stop this work, and will interrupt it. */
  void toldToStop(Set<TaskToken> tokens) {
    for (TaskToken token : tokens) {
      Sleeper sleeper = sleepers.get(token);
      if (sleeper == null || sleeper.toldToStop) continue;
      sleeper.toldToStop = true;
      calls.nudge();
    }
  }

  void untilQuiet() {
    until(() -> false);
  }

  private AssertionError stuck(List<Standing.Task> moving) {
    String what = moving.isEmpty()
        ? "a call to the engine"
        : moving.stream().map(Standing.Task::toString).collect(Collectors.joining(", "));
    return new AssertionError(("nothing has happened for %s, and still there is work: %s. Does its code wait for something "
        + "outside of Pawl? Activities may wait for the test's clock with pawl.sleep(...), and a mock with "
        + ".takes(...).").formatted(patience, what));
  }

  private int tick() {
    int done = 0;
    for (int turn = 0; turn < MOST_TURNS; turn++) {
      int now = engine.tick(clock.instant());
      if (now == 0) return done;
      done += now;
    }
    throw new AssertionError("the duties of the engine never come to rest");
  }

  // ---- time

  /** The next instant at which something happens by itself; null: never. Only for a quiet system. */
  @Nullable Instant next() {
    driving.lock();
    try {
      Instant next = look.at(clock.instant()).next(alive());
      for (Sleeper sleeper : sleepers.values()) {
        if (!sleeper.toldToStop && (next == null || sleeper.until.isBefore(next))) next = sleeper.until;
      }
      return next;
    } finally {
      driving.unlock();
    }
  }

  /** Waits for quiet, then jumps from one due instant to the next one, until {@code target}, and waits for quiet. */
  void skipTo(Instant target) {
    while (true) {
      untilQuiet();
      Instant next = next();
      if (next == null || next.isAfter(target)) break;
      jump(next);
    }
    if (target.isAfter(clock.instant())) jump(target);
    untilQuiet();
  }

  /** Sets the clock and lets the duties see it. */
  void jump(Instant next) {
    driving.lock();
    try {
      time.writeLock().lock();
      try {
        Duration far = Duration.between(clock.instant(), next);
        // A worker that lives would have sent its heartbeats in between.
        workers.get().keySet().forEach(link -> link.renew(far));
        clock.set(next);
      } finally {
        time.writeLock().unlock();
      }
      sleepers.forEach((token, sleeper) -> {
        if (sleeper.toldToStop || sleeper.until.isAfter(next)) return;
        sleepers.remove(token);
        LockSupport.unpark(sleeper.thread);
      });
      tick();
    } finally {
      driving.unlock();
    }
  }

  /** Waits until the clock has passed {@code duration}; the activity counts as quiet meanwhile. */
  void sleep(TaskToken token, Duration duration) throws InterruptedException {
    Instant until = clock.instant().plus(duration);
    if (!until.isAfter(clock.instant())) return;
    Sleeper sleeper = new Sleeper(until);
    sleepers.put(token, sleeper);
    calls.nudge();
    try {
      while (sleepers.get(token) == sleeper) {
        LockSupport.park(this);
        if (Thread.interrupted()) throw new InterruptedException();
      }
    } finally {
      sleepers.remove(token, sleeper);
    }
  }
}
