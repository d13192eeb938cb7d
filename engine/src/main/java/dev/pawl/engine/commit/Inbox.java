package dev.pawl.engine.commit;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One writer thread and what waits for it. Whatever gathers while a group is being committed is the next group: nobody
 * waits for company, and a crowd shares a commit. What is {@linkplain Enqueued#due() due} goes first, and in small
 * groups: its instant has passed, while everything else only wants to be done soon.
 */
public final class Inbox<P extends Enqueued> {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

  /** What becomes of groups. Called on the inbox's thread only. */
  public interface Groups<P> {
    /** Decides and commits a group, and answers all of it but what it {@linkplain Inbox#postpone postpones}. */
    void round(List<P> group);

    /** A group failed halfway: what is remembered of rows may not be true. */
    void forget();
  }

  /** With what is due go as many others, and at least so many: a storm of timers slows them and does not stop them. */
  private static final int BESIDE_DUE = 32;

  private final int most;
  private final int bound;
  private final Groups<P> groups;
  private final Thread thread;

  private final ConcurrentLinkedQueue<P> inbox = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<P> dueFirst = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean parked;
  private volatile boolean closing;
  private volatile long progressAt = System.nanoTime();

  /** For the next group, in order; only the inbox's thread looks. */
  private final ArrayDeque<P> postponed = new ArrayDeque<>();

  /**
   * @param name of the thread
   * @param most requests in a group
   * @param bound so many may wait before callers are turned away
   */
  public Inbox(String name, int most, int bound, Groups<P> groups) {
    this.most = most;
    this.bound = bound;
    this.groups = groups;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::work);
  }

  void start() {
    thread.start();
  }

  /** Puts requests in, all of them or none, or answers at once why not. Where there is room, any number fits. */
  public void offer(List<? extends P> some) {
    if (closing) {
      for (P one : some) one.fail(closed());
      return;
    }
    if (waiting.getAndAdd(some.size()) >= bound) {
      waiting.addAndGet(-some.size());
      for (P one : some) {
        one.overloaded("%d requests are waiting in this lane already; nothing was stored, try again later".formatted(bound));
      }
      return;
    }
    for (P one : some) (one.due() ? dueFirst : inbox).add(one);
    if (parked) LockSupport.unpark(thread);
    // A thread that ended between the two looks at `closing` would never find these.
    if (closing && !thread.isAlive()) refuseRest();
  }

  /** From the inbox's thread: into the next group, before everything that waits. */
  public void postpone(P one) {
    postponed.add(one);
  }

  private static RejectedException closed() {
    return new RejectedException(Rejection.because(Rejection.Code.SHUTTING_DOWN, "the engine is closing"));
  }

  int waiting() {
    return Math.max(0, waiting.get());
  }

  /** How long it has had work without finishing any; zero if it has none. */
  Duration stuck() {
    return waiting.get() <= 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, System.nanoTime() - progressAt));
  }

  /** Finishes what is in the inbox, then ends. */
  void close() {
    closing = true;
    LockSupport.unpark(thread);
  }

  void join(Duration patience) throws InterruptedException {
    thread.join(patience);
    if (!thread.isAlive()) refuseRest();
  }

  private void refuseRest() {
    for (P left; (left = dueFirst.poll()) != null; ) left.fail(closed());
    for (P left; (left = inbox.poll()) != null; ) left.fail(closed());
  }

  private void work() {
    List<P> group = new ArrayList<>(most);
    while (true) {
      group.clear();
      gather(group);
      if (group.isEmpty()) {
        if (closing && noneIn() && postponed.isEmpty()) return;
        rest();
        continue;
      }
      try {
        groups.round(group);
      } catch (StoreException e) {
        groups.forget();
        failAll(group, new RejectedException(Rejection.because(e.code(), String.valueOf(e.getMessage())), e));
      } catch (RuntimeException | Error e) {
        // The thread itself must go on: what comes to it has nobody else on this node.
        groups.forget();
        LOG.error("{} failed on a group of {}", thread.getName(), group.size(), e);
        failAll(group, new IllegalStateException("the lane failed on this request: " + e, e));
      }
      settle(group);
    }
  }

  private void gather(List<P> group) {
    if (!postponed.isEmpty()) {
      long nanos = System.nanoTime();
      for (int i = postponed.size(); i > 0 && group.size() < most; i--) {
        P next = postponed.poll();
        if (next == null) break;
        if (next.mayGo(nanos)) group.add(next);
        else postponed.add(next);
      }
    }
    int before = group.size();
    fill(group, dueFirst, most);
    int due = group.size() - before;
    fill(group, inbox, due == 0 ? most : Math.min(most, group.size() + Math.max(due, BESIDE_DUE)));
  }

  private static <P> void fill(List<P> group, Queue<P> from, int upTo) {
    while (group.size() < upTo) {
      P next = from.poll();
      if (next == null) return;
      group.add(next);
    }
  }

  private boolean noneIn() {
    return inbox.isEmpty() && dueFirst.isEmpty();
  }

  private void rest() {
    parked = true;
    try {
      if (!noneIn() || (closing && postponed.isEmpty())) return;
      progressAt = System.nanoTime();
      if (postponed.isEmpty()) LockSupport.park(this);
      else LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(1));
    } finally {
      parked = false;
    }
  }

  private void failAll(List<P> group, RuntimeException why) {
    Set<P> again = Collections.newSetFromMap(new IdentityHashMap<>());
    again.addAll(postponed);
    for (P one : group) if (!again.contains(one)) one.fail(why);
  }

  /** Counts the answered ones out of the inbox's bound. */
  private void settle(List<P> group) {
    int done = 0;
    for (P one : group) if (one.answered()) done++;
    waiting.addAndGet(-done);
    progressAt = System.nanoTime();
  }
}
