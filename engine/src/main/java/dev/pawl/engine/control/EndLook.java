package dev.pawl.engine.control;

import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether runs are still under way. Ten thousand callers may wait for as many runs: whoever comes to look asks
 * for all who came while the one before asked.
 */
final class EndLook {
  private static final int MOST = 1_024;

  private static final class Ask {
    final RunId run;
    // Guarded by the lock.
    boolean answered;
    boolean underWay;
    @Nullable RuntimeException problem;

    Ask(RunId run) {
      this.run = run;
    }
  }

  private final Store store;
  private final ConcurrentLinkedQueue<Ask> asks = new ConcurrentLinkedQueue<>();
  private final ReentrantLock lock = new ReentrantLock();

  EndLook(Store store) {
    this.store = store;
  }

  /** Whether a run is open and not blocked, by a look that began after this call. */
  boolean underWay(RunId run) {
    Ask mine = new Ask(run);
    asks.add(mine);
    lock.lock();
    try {
      while (!mine.answered) answerSome();
    } finally {
      lock.unlock();
    }
    if (mine.problem != null) throw mine.problem;
    return mine.underWay;
  }

  private void answerSome() {
    List<Ask> some = new ArrayList<>();
    Set<RunId> runs = new HashSet<>();
    for (Ask next; some.size() < MOST && (next = asks.poll()) != null; ) {
      some.add(next);
      runs.add(next.run);
    }
    Set<RunId> open = Set.of();
    RuntimeException problem = null;
    try {
      open = store.underWay(runs);
    } catch (RuntimeException e) {
      problem = e;
    }
    for (Ask one : some) {
      one.underWay = open.contains(one.run);
      one.problem = problem;
      one.answered = true;
    }
  }
}
