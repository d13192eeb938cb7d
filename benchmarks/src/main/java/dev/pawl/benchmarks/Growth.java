package dev.pawl.benchmarks;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Whether a million stored runs make the next one slower: W5 with one and 64 starters at 1,000 and at 1,000,000 runs. */
final class Growth {
  private static final int[] STORED = {1_000, 1_000_000};

  private Growth() {}

  static void run(Bench.Options options, Results results, PrintStream progress) throws Exception {
    for (String store : options.stores()) {
      try (PawlSubject subject = new PawlSubject(Subjects.fresh(store))) {
        AtomicLong stored = new AtomicLong();
        for (int target : STORED) {
          fill(subject, stored, target);
          for (int starters : options.starters()) {
            long before = stored.get();
            ClosedLoop.Result r =
                ClosedLoop.run(subject, store, Workload.W5, starters, options.warmUp(), options.time());
            String line = String.format(Locale.ROOT,
                "growth: %,d stored runs on %s: W5 with %d starters %,.0f/s, p50 %.2f ms, p99 %.2f ms",
                before, store, starters, r.perSecond(), r.p50(), r.p99());
            results.note(line);
            progress.println(line);
            stored.addAndGet(Math.round(r.perSecond() * options.time().toSeconds()));
          }
        }
      }
    }
  }

  private static void fill(PawlSubject subject, AtomicLong stored, int target) throws Exception {
    CountDownLatch done = new CountDownLatch(256);
    AtomicLong number = new AtomicLong(System.nanoTime());
    for (int i = 0; i < 256; i++) {
      Thread.ofVirtual().start(() -> {
        try {
          while (stored.getAndIncrement() < target) subject.perform(Workload.W1, number.incrementAndGet());
        } finally {
          stored.decrementAndGet();
          done.countDown();
        }
      });
    }
    if (!done.await(Duration.ofMinutes(15).toSeconds(), java.util.concurrent.TimeUnit.SECONDS)) {
      throw new IllegalStateException("filling took more than 15 minutes");
    }
  }
}
