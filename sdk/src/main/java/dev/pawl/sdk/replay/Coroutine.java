package dev.pawl.sdk.replay;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One line of execution of a run. Runs only while it has the baton. */
final class Coroutine {
  final String name;
  final Runnable body;
  RunScope scope;
  volatile @Nullable Thread thread;
  boolean queued;
  boolean ended;
  private volatile boolean go;
  private int refusals;

  Coroutine(String name, RunScope scope, Runnable body) {
    this.name = name;
    this.scope = scope;
    this.body = body;
  }

  /** Gives it the baton. The caller must not touch the run afterwards. */
  void go() {
    go = true;
    LockSupport.unpark(thread);
  }

  /** Waits for the baton. */
  void awaitGo() {
    while (!go) LockSupport.park(this);
    go = false;
  }

  /**
   * Throws the end of the run at the caller. User code that swallows it and comes back again and again would spin for ever
   * and eat a processor; such a thread is parked for good instead.
   */
  RunDropped refuse() {
    if (++refusals > 100) {
      while (true) LockSupport.park(this);
    }
    throw new RunDropped();
  }
}
