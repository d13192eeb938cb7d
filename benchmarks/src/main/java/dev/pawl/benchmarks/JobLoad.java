package dev.pawl.benchmarks;

import dev.pawl.benchmarks.ClosedLoop.Latencies;
import dev.pawl.testbed.Database;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Trivial jobs: how fast they come in, one by one and in bulk, how fast one worker drains them, and how long a single one
 * takes from the call until it runs while nothing else happens. Each system has a database of its own on one server, whose
 * durability is the same for all.
 */
final class JobLoad {
  private static final int ONE_BY_ONE = 20_000;
  private static final int BULK = 50_000;
  private static final int WARM_UP = 5_000;
  private static final int BATCH = 1_000;
  private static final int CALLERS = 16;
  private static final int FEEDERS = 2;
  private static final int SINGLES = 200;

  private interface Maker {
    JobSubject on(Database database) throws Exception;
  }

  private JobLoad() {}

  static void run(Bench.Options options, Results results, PrintStream progress) throws Exception {
    for (String store : options.stores()) {
      List<Maker> makers = new ArrayList<>();
      makers.add(PawlJobs::new);
      if (store.equals("postgres") && !options.peer().equals("none")) {
        makers.add(DbSchedulerJobs::new);
        makers.add(JobRunrJobs::new);
        makers.add(DbosJobs::new);
      }
      for (Maker maker : makers) {
        try (JobSubject subject = maker.on(Subjects.fresh(store))) {
          measure(subject, store, options, results, progress);
        } catch (RuntimeException e) {
          // One peer that does not start must not cost the others their figures.
          String line = "JOBS: %s on %s failed: %s".formatted(maker, store, e);
          results.note(line);
          progress.println(line);
        }
      }
    }
  }

  private static void measure(
      JobSubject subject, String store, Bench.Options options, Results results, PrintStream progress) throws Exception {
    // Figures of a cold JVM are worth nothing.
    one(subject, 0, WARM_UP);
    double warm = bulk(subject, WARM_UP, BULK);
    long next = warm == 0 ? WARM_UP : WARM_UP + BULK;
    drain(subject, next);

    double one = one(subject, next, ONE_BY_ONE);
    drain(subject, ONE_BY_ONE);
    next += ONE_BY_ONE;
    double bulk = bulk(subject, next, BULK);
    int waiting = BULK;
    if (bulk == 0) {
      waiting = ONE_BY_ONE;
      one(subject, next, waiting);
    }
    next += waiting;
    double drain = drain(subject, waiting);
    long[] alone = latency(subject, next);
    String line = String.format(Locale.ROOT,
        "JOBS: %s on %s: one by one %,.0f/s, bulk %s, drain %,.0f/s, a single one p50 %.1f ms, p99 %.1f ms",
        subject.system(), store, one, bulk == 0 ? "-" : String.format(Locale.ROOT, "%,.0f/s", bulk), drain,
        Latencies.percentile(alone, 0.5), Latencies.percentile(alone, 0.99));
    results.note(line);
    progress.println(line);
    if (options.json()) {
      System.out.printf(Locale.ROOT, "{\"workload\":\"JOBS\",\"system\":\"%s\",\"store\":\"%s\",\"one_per_s\":%.0f,"
              + "\"bulk_per_s\":%.0f,\"drain_per_s\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f}%n", subject.system(), store,
          one, bulk, drain, Latencies.percentile(alone, 0.5), Latencies.percentile(alone, 0.99));
    }
  }

  private interface Feed {
    void put(long from, int count) throws Exception;
  }

  private static double one(JobSubject subject, long from, int count) throws Exception {
    return feed(from, count, CALLERS, 1, (at, n) -> subject.enqueue(at));
  }

  /** Hands in jobs in batches. @return how many a second; 0: it cannot */
  static double bulk(JobSubject subject, long from, int count) throws Exception {
    if (!subject.enqueueAll(from, 1)) return 0;
    return feed(from + 1, count - 1, FEEDERS, BATCH, subject::enqueueAll);
  }

  private static double feed(long from, int count, int threads, int batch, Feed feed) throws Exception {
    AtomicLong next = new AtomicLong(from);
    AtomicReference<Exception> problem = new AtomicReference<>();
    CountDownLatch done = new CountDownLatch(threads);
    long begun = System.nanoTime();
    for (int t = 0; t < threads; t++) {
      Thread.ofPlatform().start(() -> {
        try {
          while (true) {
            long at = next.getAndAdd(batch);
            if (at >= from + count) return;
            feed.put(at, (int) Math.min(batch, from + count - at));
          }
        } catch (Exception e) {
          problem.set(e);
        } finally {
          done.countDown();
        }
      });
    }
    done.await();
    if (problem.get() != null) throw problem.get();
    return count * 1e9 / (System.nanoTime() - begun);
  }

  /** Works until {@code count} jobs have run. @return how many a second */
  static double drain(JobSubject subject, long count) throws Exception {
    AtomicLong ran = new AtomicLong();
    long begun = System.nanoTime();
    try (AutoCloseable worker = subject.work(number -> ran.incrementAndGet())) {
      while (ran.get() < count) LockSupport.parkNanos(1_000_000);
      return count * 1e9 / (System.nanoTime() - begun);
    }
  }

  private static long[] latency(JobSubject subject, long from) throws Exception {
    AtomicLongArray ranAt = new AtomicLongArray(SINGLES);
    Latencies all = new Latencies();
    try (AutoCloseable worker = subject.work(number -> ranAt.set((int) (number - from), System.nanoTime()))) {
      for (int i = 0; i < SINGLES; i++) {
        long begun = System.nanoTime();
        subject.enqueue(from + i);
        while (ranAt.get(i) == 0 && System.nanoTime() - begun < 30_000_000_000L) LockSupport.parkNanos(20_000);
        all.add((ranAt.get(i) == 0 ? System.nanoTime() : ranAt.get(i)) - begun);
        if (System.nanoTime() - begun > 1_000_000_000L && i >= 10) break; // it polls: more of them say the same
      }
    }
    return Latencies.sorted(all);
  }
}
