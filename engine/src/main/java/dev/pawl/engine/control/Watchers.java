package dev.pawl.engine.control;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.commit.Landings;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that wait for something to happen to a workflow id. A commit of this node wakes them at once; they look now
 * and then besides, for the commits of others.
 */
public final class Watchers implements Landings {
  private record Chain(String namespace, String workflowId) {}

  private static final int MOST_BORN = 20_000;

  private final ConcurrentHashMap<Chain, List<Watch>> byChain = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Chain, RunId> bornHere = new ConcurrentHashMap<>();

  /** How a run ended, heard from its commit. */
  record Ended(RunId run, RunEvent.Closing how) {}

  /** One thread's wait. Taken before the look, so that a change between look and wait is not slept through. */
  final class Watch implements AutoCloseable {
    private final Chain chain;
    private final boolean endOnly;
    private final Thread waiter = Thread.currentThread();
    private volatile boolean changed;
    private volatile @Nullable Ended ended;

    private Watch(Chain chain, boolean endOnly) {
      this.chain = chain;
      this.endOnly = endOnly;
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

    /** How the run ended, if this watch heard of it: saves a look. */
    RunEvent.@Nullable Closing ending(RunId run) {
      Ended heard = ended;
      return heard != null && heard.run.equals(run) ? heard.how : null;
    }

    private void wake(@Nullable Ended end) {
      if (end != null) ended = end;
      changed = true;
      LockSupport.unpark(waiter);
    }

    @Override
    public void close() {
      byChain.computeIfPresent(chain, (key, all) -> {
        all.remove(this);
        return all.isEmpty() ? null : all;
      });
    }
  }

  /** @param endOnly only the end of a run is of interest */
  Watch watch(String namespace, String workflowId, boolean endOnly) {
    Watch watch = new Watch(new Chain(namespace, workflowId), endOnly);
    byChain.compute(watch.chain, (key, all) -> {
      List<Watch> list = all == null ? new CopyOnWriteArrayList<>() : all;
      list.add(watch);
      return list;
    });
    return watch;
  }

  /** A caller of this node has just started a run, and will probably wait for it. */
  void born(String namespace, String workflowId, RunId run) {
    if (bornHere.size() >= MOST_BORN) bornHere.clear();
    bornHere.put(new Chain(namespace, workflowId), run);
  }

  /** The run that was open when this node last heard of it: who waits for it need not look first. A hint. */
  @Nullable RunId bornHere(String namespace, String workflowId) {
    return bornHere.remove(new Chain(namespace, workflowId));
  }

  @Override
  public void landed(@Nullable Run run, List<Event> events, List<Effect> effects) {
    if (run == null || (byChain.isEmpty() && bornHere.isEmpty())) return;
    Chain chain = new Chain(run.state().namespace(), run.state().workflowId());
    Event last = events.isEmpty() ? null : events.getLast();
    Ended end = last != null && last.fact() instanceof RunEvent.Closing how ? new Ended(run.id(), how) : null;
    if (end != null) bornHere.remove(chain, run.id());
    List<Watch> all = byChain.get(chain);
    if (all == null) return;
    for (Watch watch : all) if (end != null || !watch.endOnly) watch.wake(end);
  }

  /** Another node says that it has changed a run: whoever waits for it looks. */
  public void changed(String namespace, String workflowId, boolean ended) {
    List<Watch> all = byChain.get(new Chain(namespace, workflowId));
    if (all == null) return;
    for (Watch watch : all) if (ended || !watch.endOnly) watch.wake(null);
  }

  /** The engine closes: everybody looks again, and finds that out. */
  public void wakeAll() {
    for (List<Watch> all : byChain.values()) for (Watch watch : all) watch.wake(null);
  }
}
