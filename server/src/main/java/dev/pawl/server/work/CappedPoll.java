package dev.pawl.server.work;

import dev.pawl.server.fleet.Admission;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A poll of a queue with limits. On this node one such poll at a time waits in the engine, for a moment, so that what is
 * counted and what is given cannot part; the others stand behind it.
 */
final class CappedPoll {
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Admission admission;

  CappedPoll(Admission admission) {
    this.admission = admission;
  }

  /** @param status why there is no task */
  record Came(Polling.@Nullable Task task, String status) {}

  Came poll(Polling.Asked asked, Admission.Limits limits, Function<Polling.Asked, Polling.@Nullable Task> ask) {
    long deadline = System.nanoTime() + asked.poll().patience().toNanos();
    ReentrantLock lock = admission.lock(limits);
    String status = null;
    try {
      while (true) {
        long left = Math.max(0, deadline - System.nanoTime());
        if (!lock.tryLock(left, TimeUnit.NANOSECONDS)) return new Came(null, status == null ? "timeout" : status);
        try {
          status = admission.full(limits);
          if (status == null) {
            Duration turn = Duration.ofNanos(Math.min(Math.max(0, deadline - System.nanoTime()), TURN.toNanos()));
            Polling.Task task = ask.apply(asked.waiting(turn));
            if (task != null) {
              if (admission.spend(limits)) return new Came(task, "leased");
              task.takeBack().run();
              status = "throttled";
            }
          }
        } finally {
          lock.unlock();
        }
        left = deadline - System.nanoTime();
        if (left <= 0) return new Came(null, status == null ? "empty" : status);
        if (status != null) Thread.sleep(Duration.ofNanos(Math.min(left, PAUSE.toNanos())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Came(null, "empty");
    }
  }
}
