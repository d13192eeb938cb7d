package dev.pawl.benchmarks;

import dev.pawl.benchmarks.ClosedLoop.Latencies;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/**
 * 10,000 timers: how late do they fire? Once together with their starts, and when all are stored already and come due
 * within four seconds, or within one. A first round goes uncounted, for the compiler.
 */
final class Timers {
  private static final int COUNT = 10_000;
  private static final long ALREADY_STORED_MILLIS = 20_000;

  /** Lateness in nanoseconds, by the clock of this process. */
  private static final ConcurrentLinkedQueue<Long> LATE = new ConcurrentLinkedQueue<>();

  private Timers() {}

  /** Sleeps and tells how late it woke. */
  static final class Sleep implements Workflow<Long, String> {
    @Override
    public String run(Long millis) {
      long asked = System.nanoTime();
      Pawl.sleep(Duration.ofMillis(millis));
      LATE.add(System.nanoTime() - asked - millis * 1_000_000);
      return "";
    }
  }

  static void run(Bench.Options options, Results results, PrintStream progress) throws Exception {
    for (Subjects.Maker maker : Subjects.makers(options)) {
      try (Subject subject = maker.make()) {
        round(subject, Duration.ZERO);
        measure(subject, maker.store(), Duration.ZERO, options, results, progress);
        measure(subject, maker.store(), Duration.ofSeconds(4), options, results, progress);
        measure(subject, maker.store(), Duration.ofSeconds(1), options, results, progress);
      }
    }
  }

  /** @param spread within which the stored ones come due; zero: each is started one second before */
  private static void measure(
      Subject subject, String store, Duration spread, Bench.Options options, Results results, PrintStream progress)
      throws Exception {
    long[] sorted = round(subject, spread);
    String line = String.format(Locale.ROOT,
        "T: %,d timers %s, %s on %s: lateness p50 %.1f ms, p99 %.1f ms, max %.1f ms", sorted.length,
        spread.isZero() ? "of 1 s with their starts" : "already stored, due within %d s".formatted(spread.toSeconds()),
        subject.system(), store,
        Latencies.percentile(sorted, 0.5), Latencies.percentile(sorted, 0.99), sorted[sorted.length - 1] / 1e6);
    results.note(line);
    progress.println(line);
    if (options.json()) {
      System.out.printf(Locale.ROOT,
          "{\"workload\":\"T%s\",\"system\":\"%s\",\"store\":\"%s\",\"timers\":%d,\"p50_ms\":%.3f,\"p99_ms\":%.3f}%n",
          spread.isZero() ? "" : "-stored-" + spread.toSeconds(), subject.system(), store, sorted.length,
          Latencies.percentile(sorted, 0.5), Latencies.percentile(sorted, 0.99));
    }
  }

  /** @return how late they were, in nanoseconds, sorted */
  private static long[] round(Subject subject, Duration spread) throws InterruptedException {
    LATE.clear();
    CountDownLatch done = new CountDownLatch(COUNT);
    Semaphore starting = new Semaphore(64);
    long begin = System.nanoTime();
    for (int i = 0; i < COUNT; i++) {
      String id = "sleep-" + begin + "-" + i;
      long due = ALREADY_STORED_MILLIS + i * spread.toMillis() / COUNT;
      starting.acquire();
      Thread.ofVirtual().start(() -> {
        try {
          long millis =
              spread.isZero() ? 1_000 : due - Duration.ofNanos(System.nanoTime() - begin).toMillis();
          Runnable await = start(subject, id, millis);
          starting.release();
          await.run();
        } finally {
          done.countDown();
        }
      });
    }
    done.await();
    Latencies late = new Latencies();
    LATE.forEach(late::add);
    return Latencies.sorted(late);
  }

  /** Starts one; what it returns waits for the end. */
  private static Runnable start(Subject subject, String id, long millis) {
    return switch (subject) {
      case PawlSubject pawl -> {
        var handle = pawl.client.start("sleep", id, millis);
        yield () -> handle.result(String.class);
      }
      case DbosSubject dbos -> dbos.startSleep(id, millis, LATE::add);
      default -> throw new IllegalArgumentException(subject.system());
    };
  }
}
