package dev.pawl.engine.duty;

import dev.pawl.engine.metrics.EngineMetrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that gives duties their turns: at once while there is work, then when the first of them wants it. */
public final class DutyLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DutyLoop.class);
  private static final long AFTER_FAILURE = TimeUnit.SECONDS.toNanos(1);

  private final List<Duty> duties;
  private final long[] dueAt;
  private final InstantSource clock;
  private final EngineMetrics metrics;
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean woken;
  private volatile long busySince;
  private volatile long failingSince;
  private volatile String failure = "";

  public DutyLoop(String name, List<Duty> duties, InstantSource clock, EngineMetrics metrics) {
    this.duties = List.copyOf(duties);
    this.dueAt = new long[duties.size()];
    this.clock = clock;
    this.metrics = metrics;
    this.thread = Thread.ofPlatform().name("pawl-" + name).daemon().unstarted(this::run);
  }

  public void start() {
    long now = System.nanoTime();
    Arrays.fill(dueAt, now);
    thread.start();
  }

  /** Gives every duty a turn soon. */
  public void wake() {
    woken = true;
    LockSupport.unpark(thread);
  }

  /** How long the current turn has lasted; zero between turns. */
  public Duration stuck() {
    long since = busySince;
    return since == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, System.nanoTime() - since));
  }

  /** How long no turn of any duty has succeeded; zero if the last one did. */
  public Duration failing() {
    long since = failingSince;
    return since == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, System.nanoTime() - since));
  }

  /** Whether its thread has ended, though nobody closed it. */
  public boolean dead() {
    return !closing && thread.getState() == Thread.State.TERMINATED;
  }

  /** What the last failed turn said. */
  public String failure() {
    return failure;
  }

  private void run() {
    while (!closing) {
      boolean all = woken;
      woken = false;
      long wait = Long.MAX_VALUE;
      for (int i = 0; i < duties.size() && !closing; i++) {
        Duty duty = duties.get(i);
        long now = System.nanoTime();
        if (all || dueAt[i] - now <= 0) dueAt[i] = turn(duty);
        wait = Math.min(wait, dueAt[i] - System.nanoTime());
      }
      if (wait > 0 && !woken && !closing) LockSupport.parkNanos(this, wait);
    }
  }

  /** @return reading of the monotonic clock at which it wants to go on */
  private long turn(Duty duty) {
    busySince = Math.max(1, System.nanoTime());
    try {
      Instant now = clock.instant();
      int done = duty.tick(now);
      failingSince = 0;
      if (done > 0) return System.nanoTime();
      long wait = duty.every().toNanos();
      @Nullable Instant next = duty.next();
      if (next != null) wait = Math.min(wait, Math.max(0, nanos(Duration.between(now, next))));
      return System.nanoTime() + wait;
    } catch (RuntimeException | Error e) {
      // An Error must not end the thread either: what it does has nobody else on this node.
      if (!closing) {
        failure = duty.name() + ": " + e.getMessage();
        if (failingSince == 0) failingSince = Math.max(1, System.nanoTime());
        metrics.dutyFailed(duty.name());
        LOG.warn("{} failed, it is tried again in a second: {}", duty.name(), e.toString());
        LOG.debug("{} failed", duty.name(), e);
      }
      return System.nanoTime() + AFTER_FAILURE;
    } finally {
      busySince = 0;
    }
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(Duration.ofHours(1)) > 0 ? TimeUnit.HOURS.toNanos(1) : duration.toNanos();
  }

  /** Ends after the current turn. */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    if (thread == Thread.currentThread()) return;
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
