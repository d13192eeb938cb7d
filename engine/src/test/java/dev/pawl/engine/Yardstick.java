package dev.pawl.engine;

import dev.pawl.core.value.Payload;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How fast is it here? {@code Yardstick sqlite|postgres|mariadb STARTERS STEPS SECONDS}: starts, waits for the result,
 * starts again.
 */
final class Yardstick {
  private Yardstick() {}

  public static void main(String[] args) throws Exception {
    int starters = Integer.parseInt(args[1]);
    int steps = Integer.parseInt(args[2]);
    int seconds = Integer.parseInt(args[3]);
    Database database = switch (args[0]) {
      case "sqlite" -> Databases.sqlite().fresh();
      case "postgres" -> Databases.postgres().fresh();
      default -> Databases.mariadb().fresh();
    };
    try (PawlEngine pawl = PawlEngine.open(database.dataSource());
        LiveWorker worker = new LiveWorker(pawl, Integer.getInteger("pollers", 2), steps)) {
      AtomicLong count = new AtomicLong();
      long[] nanos = new long[1_000_000];
      AtomicLong at = new AtomicLong();
      String prefix = Long.toString(System.nanoTime(), 36);
      boolean[] measuring = new boolean[1];
      for (int i = 0; i < starters; i++) {
        Thread.startVirtualThread(() -> {
          while (true) {
            String id = prefix + "-" + count.incrementAndGet();
            long t = System.nanoTime();
            pawl.control().start(ControlApi.Start.of("default", id, "W", "q", Payload.json("1")));
            pawl.control().awaitResult(RunRef.current("default", id), Duration.ofMinutes(1));
            if (measuring[0]) nanos[(int) (at.getAndIncrement() % nanos.length)] = System.nanoTime() - t;
          }
        });
      }
      Thread.sleep(3000);
      worker.beat();
      measuring[0] = true;
      long from = worker.finished.get();
      var before = pawl.metrics();
      long loads = pawl.store().counters().loads.sum();
      long began = System.nanoTime();
      for (int i = 0; i < seconds; i++) {
        Thread.sleep(1000);
        worker.beat();
      }
      double took = (System.nanoTime() - began) / 1e9;
      var after = pawl.metrics();
      long done = worker.finished.get() - from;
      long[] sorted = Arrays.copyOf(nanos, (int) Math.min(at.get(), nanos.length));
      Arrays.sort(sorted);
      System.out.printf("starters=%d W%d: %.0f/s, groups %.0f/s, %.1f requests each, eager %d claimed %d loads %d, "
              + "p50 %.2f p99 %.2f ms%n", starters, steps, done / took,
          (after.groups() - before.groups()) / took,
          (after.requests() - before.requests()) / (double) (after.groups() - before.groups()),
          after.eager() - before.eager(), after.claimed() - before.claimed(),
          pawl.store().counters().loads.sum() - loads,
          sorted[sorted.length / 2] / 1e6, sorted[(int) (sorted.length * 0.99)] / 1e6);
      System.exit(0);
    }
  }
}
