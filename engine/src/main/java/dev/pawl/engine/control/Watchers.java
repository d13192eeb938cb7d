package dev.pawl.engine.control;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunId;
import dev.pawl.engine.commit.Landings;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Threads that wait for a run to change. A commit of this node wakes them at once; they look now and then besides. */
public final class Watchers implements Landings {
  private final ConcurrentHashMap<RunId, List<Watch>> byRun = new ConcurrentHashMap<>();

  /** One thread's wait. Taken before the look, so that a change between look and wait is not slept through. */
  final class Watch implements AutoCloseable {
    private final RunId run;
    private final Thread waiter = Thread.currentThread();
    private volatile boolean changed;
    private volatile RunEvent.@Nullable Closing closing;

    private Watch(RunId run) {
      this.run = run;
    }

    /** Waits for a change, or so long. @return false if interrupted */
    boolean await(long nanos) {
      long deadline = System.nanoTime() + nanos;
      while (!changed) {
        long rest = deadline - System.nanoTime();
        if (rest <= 0) break;
        LockSupport.parkNanos(this, rest);
        if (Thread.currentThread().isInterrupted()) return false;
      }
      changed = false;
      return true;
    }

    /** How the run ended, if this node heard of it: saves a look. */
    RunEvent.@Nullable Closing closing() {
      return closing;
    }

    private void wake(RunEvent.@Nullable Closing end) {
      if (end != null) closing = end;
      changed = true;
      LockSupport.unpark(waiter);
    }

    @Override
    public void close() {
      byRun.computeIfPresent(run, (id, all) -> {
        all.remove(this);
        return all.isEmpty() ? null : all;
      });
    }
  }

  Watch watch(RunId run) {
    Watch watch = new Watch(run);
    byRun.compute(run, (id, all) -> {
      List<Watch> list = all == null ? new CopyOnWriteArrayList<>() : all;
      list.add(watch);
      return list;
    });
    return watch;
  }

  @Override
  public void landed(@Nullable Run run, List<Event> events, List<Effect> effects) {
    if (byRun.isEmpty()) return;
    if (run != null) {
      Event last = events.isEmpty() ? null : events.getLast();
      wake(run.id(), last != null && last.fact() instanceof RunEvent.Closing end ? end : null);
    }
    for (Effect effect : effects) if (effect instanceof Effect.SettleUpdate e) wake(e.run(), null);
  }

  private void wake(RunId run, RunEvent.@Nullable Closing end) {
    List<Watch> all = byRun.get(run);
    if (all != null) for (Watch watch : all) watch.wake(end);
  }

  /** The engine closes: everybody looks again, and finds that out. */
  public void wakeAll() {
    for (List<Watch> all : byRun.values()) for (Watch watch : all) watch.wake(null);
  }
}
