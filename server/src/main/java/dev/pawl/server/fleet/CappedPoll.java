package dev.pawl.server.fleet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A poll of a queue with limits. On this node one such poll at a time waits in the engine, for a moment, so that what is
 * counted and what is given cannot part; the others stand behind it.
 */
public final class CappedPoll {
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Admission admission;

  public CappedPoll(Admission admission) {
    this.admission = admission;
  }

  /** @param status {@code leased}, or why there is nothing */
  public record Came<T>(List<T> tasks, String status) {}

  /** Asks for tasks, at most so many, for so long. */
  @FunctionalInterface
  public interface Ask<T> {
    List<T> ask(Duration patience, int max);
  }

  /** @param takeBack gives back a task that a limit forbids after all */
  public <T> Came<T> poll(Admission.Limits limits, Duration patience, int max, Ask<T> ask, Consumer<T> takeBack) {
    long deadline = System.nanoTime() + patience.toNanos();
    ReentrantLock lock = admission.lock(limits);
    String status = null;
    try {
      while (true) {
        long left = Math.max(0, deadline - System.nanoTime());
        if (!lock.tryLock(left, TimeUnit.NANOSECONDS)) return new Came<>(List.of(), status == null ? "timeout" : status);
        try {
          status = admission.full(limits);
          if (status == null) {
            Duration turn = Duration.ofNanos(Math.min(Math.max(0, deadline - System.nanoTime()), TURN.toNanos()));
            List<T> came = ask.ask(turn, (int) Math.min(max, admission.room(limits)));
            List<T> given = new ArrayList<>();
            for (T task : came) {
              if (admission.spend(limits)) given.add(task);
              else takeBack.accept(task);
            }
            if (!given.isEmpty()) return new Came<>(given, "leased");
            if (!came.isEmpty()) status = "throttled";
          }
        } finally {
          lock.unlock();
        }
        left = deadline - System.nanoTime();
        if (left <= 0) return new Came<>(List.of(), status == null ? "empty" : status);
        if (status != null) Thread.sleep(Duration.ofNanos(Math.min(left, PAUSE.toNanos())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Came<>(List.of(), "empty");
    }
  }
}
