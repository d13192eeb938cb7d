package dev.pawl.sdk.replay;

import dev.pawl.sdk.CurrentRun;
import dev.pawl.sdk.WorkflowRuntime;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands the right to run from coroutine to coroutine. Exactly one thread has it; whoever has it may touch everything of the
 * run, and everything it did is visible to the next one. A holder that finds nobody able to run does the idle work itself,
 * on its own thread.
 */
final class Baton {
  /** What there is to do when no coroutine can go on. */
  interface Idle {
    /** Does one piece of it, waiting if there is none. @throws RunDropped if the run is over here */
    void work();
  }

  private final String runName;
  private final Idle idle;
  private final ArrayDeque<Coroutine> runnable = new ArrayDeque<>();
  /** Concurrent only because a run may be dropped by a thread that has no baton. */
  private final Set<Coroutine> alive = ConcurrentHashMap.newKeySet();
  private final Map<Coroutine, BooleanSupplier> conditions = new LinkedHashMap<>();
  private @Nullable Coroutine holder;
  private @Nullable WorkflowRuntime runtime;
  private boolean halted;
  private volatile boolean dropped;

  /** When the holder last got the baton back for user code, by the monotonic clock; 0: no user code runs. */
  private volatile long busySince;

  private volatile @Nullable Thread busyThread;

  Baton(String runName, Idle idle) {
    this.runName = runName;
    this.idle = idle;
  }

  void serves(WorkflowRuntime runtime) {
    this.runtime = runtime;
  }

  // ---- coroutines

  Coroutine spawn(String name, RunScope scope, Runnable body) {
    Coroutine coroutine = new Coroutine(name, scope, body);
    alive.add(coroutine);
    ready(coroutine);
    return coroutine;
  }

  /** The coroutine can go on; it gets its turn after those that could before. */
  void ready(Coroutine coroutine) {
    if (coroutine.queued || coroutine.ended || halted) return;
    coroutine.queued = true;
    runnable.add(coroutine);
  }

  /** Starts with the first coroutine that is ready, on a thread of its own. */
  void begin(RunScope scope) {
    Coroutine driver = new Coroutine("driver", scope, () -> {});
    holder = driver;
    driver.ended = true;
    start(driver);
    driver.go();
  }

  /** The coroutine of the calling thread. */
  Coroutine current() {
    Coroutine self = holder;
    if (self == null || self.thread != Thread.currentThread()) throw notMine();
    if (dropped) throw self.refuse();
    return self;
  }

  private RuntimeException notMine() {
    if (dropped) throw new RunDropped();
    return new IllegalStateException(("thread '%s' used Pawl.* of run %s out of turn; workflow code must stay on its own "
        + "thread").formatted(Thread.currentThread().getName(), runName));
  }

  /** No coroutine runs any more: the program has ended. Only idle work is left. */
  void halt() {
    halted = true;
    for (Coroutine coroutine : runnable) coroutine.queued = false;
    runnable.clear();
    conditions.clear();
  }

  /** How many coroutines have begun and not ended. */
  int alive() {
    return alive.size();
  }

  Set<Coroutine> all() {
    return alive;
  }

  // ---- blocking

  /** Gives the baton away until somebody calls {@link #ready} for the calling coroutine. */
  void block() {
    Coroutine self = current();
    busySince = 0;
    while (true) {
      Coroutine next = next();
      if (next == self) break;
      if (next != null) {
        pass(next);
        self.awaitGo();
        if (dropped) throw self.refuse();
        break;
      }
      idle.work();
      if (dropped) throw self.refuse();
    }
    busy();
  }

  /** Waits until the condition holds; it is looked at whenever nobody can run. */
  void blockUntil(BooleanSupplier condition) {
    Coroutine self = current();
    conditions.put(self, condition);
    try {
      do {
        block();
      } while (!condition.getAsBoolean()); // another one may have changed it back before this one's turn came
    } finally {
      conditions.remove(self);
    }
  }

  private @Nullable Coroutine next() {
    if (runnable.isEmpty() && !conditions.isEmpty()) {
      // All that hold become ready, in the order in which they were asked; each looks again when its turn comes.
      conditions.forEach((coroutine, condition) -> {
        if (holds(condition)) ready(coroutine);
      });
    }
    Coroutine next = runnable.poll();
    if (next != null) next.queued = false;
    return next;
  }

  private static boolean holds(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (RuntimeException e) {
      return true; // its owner looks again and gets the exception where it waits
    }
  }

  private void pass(Coroutine next) {
    holder = next;
    if (next.thread == null) start(next);
    next.go();
  }

  private void start(Coroutine coroutine) {
    coroutine.thread = Thread.ofVirtual().name("pawl-" + runName).unstarted(() -> life(coroutine));
    coroutine.thread.start();
  }

  private void life(Coroutine first) {
    first.awaitGo();
    CurrentRun.bind(runtime);
    try {
      Coroutine self = first;
      while (self != null) {
        if (!self.ended && !dropped) {
          busy();
          runBody(self);
        }
        self.ended = true;
        alive.remove(self);
        self = successor();
      }
    } catch (RunDropped end) {
      busySince = 0;
    }
  }

  private void runBody(Coroutine self) {
    try {
      self.body.run();
    } catch (RunBroken why) {
      // remembered where it was made; the next idle work deals with it
    } finally {
      busySince = 0;
    }
  }

  /**
   * The thread of a coroutine that ended goes on with the idle work until somebody can run. A coroutine that has not begun
   * begins on this very thread, so that a run of one coroutine never changes threads.
   */
  private @Nullable Coroutine successor() {
    while (!dropped) {
      Coroutine next = next();
      if (next == null) {
        idle.work();
      } else if (next.thread == null) {
        next.thread = Thread.currentThread();
        holder = next;
        return next;
      } else {
        pass(next);
        return null;
      }
    }
    return null;
  }

  /** Runs user code that nobody has the baton for; it may hang like any other. */
  <T extends @Nullable Object> T watched(Supplier<T> body) {
    if (busySince != 0) return body.get();
    busy();
    try {
      return body.get();
    } finally {
      busySince = 0;
    }
  }

  private void busy() {
    busyThread = Thread.currentThread();
    busySince = System.nanoTime();
  }

  // ---- from other threads

  /** Nanoseconds for which user code has been running without coming back; 0 if none runs. */
  long busyNanos() {
    long since = busySince;
    return since == 0 ? 0 : Math.max(1, System.nanoTime() - since);
  }

  @Nullable Thread busyThread() {
    return busyThread;
  }

  boolean isDropped() {
    return dropped;
  }

  /**
   * Makes every coroutine end, wherever it is: who is parked wakes up and unwinds, who runs unwinds at its next call. Any
   * thread may call this.
   */
  void drop() {
    dropped = true;
    for (Coroutine coroutine : alive) {
      if (coroutine.thread != null) coroutine.go();
    }
  }
}
