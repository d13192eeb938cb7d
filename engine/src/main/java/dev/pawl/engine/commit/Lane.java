package dev.pawl.engine.commit;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.Situation;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One writer thread and its inbox. */
final class Lane {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  /** So often a request may lose against other nodes before its caller is told to come back. */
  private static final int MAX_CONFLICTS = 40;

  /** A mail whose delivery falls out so often was delivered by another node. */
  private static final int MAX_CONFLICTS_OF_MAIL = 2;

  private final int number;
  private final Store store;
  private final LaneSettings settings;
  private final HandOut handOut;
  private final Landings landings;
  private final EngineMetrics metrics;
  private final RunCache cache;
  private final Thread thread;

  private final ConcurrentLinkedQueue<Pending<?>> inbox = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean parked;
  private volatile boolean closing;
  private volatile long progressAt = System.nanoTime();

  /** Postponed by the group before, in order; only the lane's thread looks. */
  private final ArrayDeque<Pending<?>> postponed = new ArrayDeque<>();

  Lane(int number, Store store, LaneSettings settings, HandOut handOut, Landings landings, EngineMetrics metrics) {
    this.number = number;
    this.store = store;
    this.settings = settings;
    this.handOut = handOut;
    this.landings = landings;
    this.metrics = metrics;
    this.cache = new RunCache(settings.cachedRuns());
    this.thread = Thread.ofPlatform().name("pawl-lane-" + number).daemon().unstarted(this::work);
  }

  void start() {
    thread.start();
  }

  /** Puts a request in, or answers at once why not. */
  void offer(Pending<?> pending) {
    if (closing) {
      pending.refuse(Rejection.because(Rejection.Code.SHUTTING_DOWN, "the engine is closing"));
      return;
    }
    if (waiting.incrementAndGet() > settings.waiting()) {
      waiting.decrementAndGet();
      pending.refuse(Rejection.because(Rejection.Code.OVERLOADED,
          "%d requests are waiting in this lane already; nothing was stored, try again later"
              .formatted(settings.waiting())));
      return;
    }
    inbox.add(pending);
    if (parked) LockSupport.unpark(thread);
    // A lane that ended between the two looks at `closing` would never find this one.
    if (closing && !thread.isAlive()) refuseRest();
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
    for (Pending<?> left; (left = inbox.poll()) != null; ) {
      left.refuse(Rejection.because(Rejection.Code.SHUTTING_DOWN, "the engine is closing"));
    }
  }

  private void work() {
    List<Pending<?>> group = new ArrayList<>(settings.groupRequests());
    while (true) {
      group.clear();
      gather(group);
      if (group.isEmpty()) {
        if (closing && inbox.isEmpty() && postponed.isEmpty()) return;
        rest();
        continue;
      }
      try {
        round(group);
      } catch (StoreException e) {
        cache.clear();
        failAll(group, new RejectedException(Rejection.because(e.code(), String.valueOf(e.getMessage())), e));
      } catch (RuntimeException | Error e) {
        // The lane itself must go on: its runs have nobody else on this node.
        cache.clear();
        LOG.error("lane {} failed on a group of {}", number, group.size(), e);
        failAll(group, new IllegalStateException("the lane failed on this request: " + e, e));
      }
      settle(group);
    }
  }

  private void gather(List<Pending<?>> group) {
    if (!postponed.isEmpty()) {
      long nanos = System.nanoTime();
      for (int i = postponed.size(); i > 0 && group.size() < settings.groupRequests(); i--) {
        Pending<?> next = postponed.poll();
        if (next == null) break;
        if (next.conflicts > 2 && next.notBefore - nanos > 0) postponed.add(next);
        else group.add(next);
      }
    }
    while (group.size() < settings.groupRequests()) {
      Pending<?> next = inbox.poll();
      if (next == null) return;
      group.add(next);
    }
  }

  private void rest() {
    parked = true;
    try {
      if (!inbox.isEmpty() || (closing && postponed.isEmpty())) return;
      progressAt = System.nanoTime();
      if (postponed.isEmpty()) LockSupport.park(this);
      else LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(1));
    } finally {
      parked = false;
    }
  }

  private void failAll(List<Pending<?>> group, RuntimeException why) {
    for (Pending<?> pending : group) if (!postponed.contains(pending)) pending.fail(why);
  }

  /** Counts the answered ones out of the inbox's bound. */
  private void settle(List<Pending<?>> group) {
    int done = 0;
    for (Pending<?> pending : group) if (pending.answered()) done++;
    waiting.addAndGet(-done);
    progressAt = System.nanoTime();
  }

  private void round(List<Pending<?>> group) {
    long began = System.nanoTime();
    Round round = new Round(store, cache, handOut, store.now(), settings.groupBytes());
    round.load(group);
    for (Pending<?> pending : group) {
      try {
        round.decide(pending);
      } catch (StoreException e) {
        throw e;
      } catch (RuntimeException defect) {
        LOG.error("{} could not be decided", pending.request.name(), defect);
        pending.fail(new IllegalStateException(pending.request.name() + " could not be decided: " + defect, defect));
      }
    }
    round.handOut();
    List<Work> works = round.works();
    List<Store.Outcome> outcomes = List.of();
    if (!works.isEmpty()) {
      List<Store.Write> writes = new ArrayList<>(works.size());
      for (Work work : works) writes.add(work.write());
      try {
        Failpoint.COMMIT_BEFORE.reach();
        outcomes = store.commit(writes);
        Failpoint.COMMIT_BEFORE_ANSWER.reach();
      } catch (RuntimeException e) {
        for (Work work : works) work.fellOut();
        throw e;
      }
    }
    postponed.addAll(round.later());
    for (int i = 0; i < works.size(); i++) conclude(works.get(i), outcomes.get(i));
    metrics.group(number, group.size(), works.size(), Duration.ofNanos(System.nanoTime() - began));
    Failpoint.COMMIT_BEFORE_WAKE.reach();
    // Wake after the commit: a poller woken earlier would look, see nothing, and sleep through its own task.
    for (int i = 0; i < works.size(); i++) {
      if (outcomes.get(i) instanceof Store.Outcome.Landed) tell(works.get(i));
    }
  }

  private void conclude(Work work, Store.Outcome outcome) {
    switch (outcome) {
      case Store.Outcome.Landed landed -> {
        remember(work);
        work.landed();
        if (work.grantsRun()) metrics.granted(false, true, 1);
        if (work.activitiesGiven() > 0) metrics.granted(true, true, work.activitiesGiven());
      }
      case Store.Outcome.Conflict conflict -> {
        forget(work);
        List<Pending<?>> again = work.fellOut();
        metrics.conflicts(again.size());
        for (Pending<?> pending : again) conflicted(pending, work.effects.takesMail());
      }
      case Store.Outcome.Refused refused -> {
        forget(work);
        List<Pending<?>> riders = work.fellOut();
        if (riders.size() == 1) {
            riders.getFirst().refuse(Rejection.because(Rejection.Code.INVALID_ARGUMENT,
              "the database refuses this data: " + refused.why()));
        } else {
          // One of them is the offender: each tries alone.
          for (Pending<?> pending : riders) {
            pending.alone = true;
            pending.fresh = true;
            postponed.add(pending);
          }
        }
      }
    }
  }

  private void conflicted(Pending<?> pending, boolean withMail) {
    pending.conflicts++;
    pending.fresh = true;
    boolean mayBeTaken = withMail && pending.alone;
    if (pending.conflicts > (mayBeTaken ? MAX_CONFLICTS_OF_MAIL : MAX_CONFLICTS)) {
      pending.refuse(Rejection.because(Rejection.Code.OVERLOADED,
          "%s lost %d times against other writers of the same rows; nothing was stored, try again"
              .formatted(pending.request.name(), pending.conflicts)));
      return;
    }
    // With a mail in the write it may be the mail that is gone: whoever brought it must not take the others down again.
    pending.alone = withMail || pending.conflicts >= 3;
    if (pending.conflicts > 2) {
      pending.notBefore = System.nanoTime()
          + TimeUnit.MICROSECONDS.toNanos(ThreadLocalRandom.current().nextLong(200, 2_000L * pending.conflicts));
    }
    postponed.add(pending);
  }

  private void remember(Work work) {
    Run run = work.run();
    if (run != null) cache.keep(run);
    for (Effect.PointChain point : work.effects.chains()) {
      cache.keep(new Situation.Chain(point.namespace(), point.workflowId(), point.to(), point.runNumber()));
    }
    for (Effect effect : work.effects.others()) {
      if (effect instanceof Effect.BearRun born) cache.keep(born.run());
    }
  }

  private void forget(Work work) {
    Run run = work.run();
    if (run != null) {
      cache.drop(run.id());
      cache.drop(new Store.ChainKey(run.state().namespace(), run.state().workflowId()));
    }
    for (Effect.PointChain point : work.effects.chains()) {
      cache.drop(new Store.ChainKey(point.namespace(), point.workflowId()));
    }
  }

  private void tell(Work work) {
    try {
      List<Effect> effects = work.effects.all();
      landings.landed(work.run(), work.events(), effects);
      for (Effect effect : effects) {
        if (effect instanceof Effect.BearRun born) landings.landed(born.run(), born.events(), List.of());
      }
    } catch (RuntimeException e) {
      LOG.error("a listener of lane {} failed; polling makes up for the lost wake-up", number, e);
    }
  }
}
