package dev.pawl.benchmarks;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** The heap that 100,000 parked runs need in a worker. */
final class Memory {
  private static final int RUNS = 100_000;

  private Memory() {}

  static void run(Bench.Options options, Results results, PrintStream progress) throws Exception {
    for (String store : options.stores()) {
      try (PawlSubject subject = new PawlSubject(Subjects.fresh(store), RUNS * 2)) {
        long before = heap();
        CountDownLatch done = new CountDownLatch(64);
        for (int s = 0; s < 64; s++) {
          int first = s;
          Thread.ofVirtual().start(() -> {
            for (int i = first; i < RUNS; i += 64) subject.client.start("signal", "parked-" + i, "");
            done.countDown();
          });
        }
        done.await();
        // The last ones are parked when a run that came after them has been answered.
        subject.perform(Workload.S, -1);
        long bytes = heap() - before;
        String line = String.format(Locale.ROOT, "memory: %,d parked runs on %s: %,d MB of heap, %,d bytes each", RUNS,
            store, bytes >> 20, bytes / RUNS);
        results.note(line);
        progress.println(line);
      }
    }
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
