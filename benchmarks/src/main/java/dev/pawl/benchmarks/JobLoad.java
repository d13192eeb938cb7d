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
import java.util.function.LongConsumer;

/**
 * Trivial jobs: how fast they come in, one by one and in bulk, how fast one worker and two drain them, how long one takes
 * from the call until it runs, while nothing else happens and under half of the load that the system can bear, and what one
 * costs the database. Each system has a database of its own on one server, whose durability is the same for all.
 */
final class JobLoad {
  private static final int ONE_BY_ONE = 20_000;
  private static final int BULK = 50_000;
  private static final int WARM_UP = 5_000;
  private static final int BATCH = 1_000;
  private static final int CALLERS = 16;
  private static final int FEEDERS = 2;
  private static final int SINGLES = 200;
  private static final int SECONDS_AT_HALF_LOAD = 5;

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
        Database database = Subjects.fresh(store);
        try (JobSubject subject = maker.on(database)) {
          measure(subject, database, store, options, results, progress);
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
      JobSubject subject, Database database, String store, Bench.Options options, Results results, PrintStream progress) throws Exception {
    // Figures of a cold JVM are worth nothing.
    one(subject, 0, WARM_UP);
    double warm = bulk(subject, WARM_UP, BULK);
    long next = warm == 0 ? WARM_UP : WARM_UP + BULK;
    drain(subject, 1, next);

    Expense expense = Expense.of(database);
    double one = one(subject, next, ONE_BY_ONE);
    double closing = drain(subject, 1, ONE_BY_ONE);
    Expense.Cost cost = expense.since(ONE_BY_ONE);
    next += ONE_BY_ONE;
    double bulk = bulk(subject, next, BULK);
    int waiting = waiting(subject, bulk, next);
    next += waiting;
    double drain = drain(subject, 1, waiting);
    double two = 0;
    if (subject.mostWorkers() > 1) {
      waiting = waiting(subject, bulk(subject, next, BULK), next);
      next += waiting;
      two = drain(subject, 2, waiting);
    }
    long[] alone = latency(subject, next);
    next += SINGLES;
    // Handing in and working at the same time share the machine.
    double half = 0.5 / (1 / one + 1 / Math.max(closing, drain));
    long[] busy = atRate(subject, next, half);
    String line = String.format(Locale.ROOT, "JOBS: %s on %s: one by one %,.0f/s, bulk %s, drain by one worker %,.0f/s, by two %s,"
            + " a single one p50 %.1f ms, p99 %.1f ms, at half load (%,.0f/s) p50 %.1f ms, p99 %.1f ms, cost of one %s",
        subject.system(), store, one, rate(bulk), drain, rate(two), Latencies.percentile(alone, 0.5),
        Latencies.percentile(alone, 0.99), half, Latencies.percentile(busy, 0.5), Latencies.percentile(busy, 0.99), cost);
    results.note(line);
    progress.println(line);
    if (options.json()) {
      System.out.printf(Locale.ROOT, "{\"workload\":\"JOBS\",\"system\":\"%s\",\"store\":\"%s\",\"one_per_s\":%.0f,"
              + "\"bulk_per_s\":%.0f,\"drain_per_s\":%.0f,\"drain_by_two_per_s\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
              + "\"half_load_per_s\":%.0f,\"half_load_p50_ms\":%.3f,\"half_load_p99_ms\":%.3f,\"database_us\":%.1f,"
              + "\"wal_bytes\":%.0f}%n", subject.system(), store, one, bulk, drain, two, Latencies.percentile(alone, 0.5),
          Latencies.percentile(alone, 0.99), half, Latencies.percentile(busy, 0.5), Latencies.percentile(busy, 0.99),
          cost.processorMicros(), cost.walBytes());
    }
  }

  private static String rate(double perSecond) {
    return perSecond == 0 ? "-" : String.format(Locale.ROOT, "%,.0f/s", perSecond);
  }

  /** Makes sure that jobs wait. @param bulk 0: none came in yet @return how many wait */
  private static int waiting(JobSubject subject, double bulk, long from) throws Exception {
    if (bulk > 0) return BULK;
    one(subject, from, ONE_BY_ONE);
    return ONE_BY_ONE;
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
  static double drain(JobSubject subject, int workers, long count) throws Exception {
    AtomicLong ran = new AtomicLong();
    long begun = System.nanoTime();
    try (AutoCloseable worker = subject.work(workers, number -> ran.incrementAndGet())) {
      while (ran.get() < count) LockSupport.parkNanos(1_000_000);
      return count * 1e9 / (System.nanoTime() - begun);
    }
  }

  private static long[] latency(JobSubject subject, long from) throws Exception {
    AtomicLongArray ranAt = new AtomicLongArray(SINGLES);
    Latencies all = new Latencies();
    try (AutoCloseable worker = subject.work(1, number -> ranAt.set((int) (number - from), System.nanoTime()))) {
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

  /** Hands jobs in at a steady rate, each at its own instant whatever becomes of the others, while one worker works. */
  private static long[] atRate(JobSubject subject, long from, double perSecond) throws Exception {
    int count = (int) Math.max(50, perSecond * SECONDS_AT_HALF_LOAD);
    AtomicLongArray ranAt = new AtomicLongArray(count);
    AtomicLong ran = new AtomicLong();
    LongConsumer told = number -> {
      ranAt.set((int) (number - from), System.nanoTime());
      ran.incrementAndGet();
    };
    Latencies all = new Latencies();
    try (AutoCloseable worker = subject.work(1, told)) {
      long begun = System.nanoTime();
      feed(from, count, CALLERS, 1, (at, n) -> {
        long due = begun + due(at - from, perSecond);
        for (long rest = due - System.nanoTime(); rest > 0; rest = due - System.nanoTime()) LockSupport.parkNanos(rest);
        subject.enqueue(at);
      });
      long patience = System.nanoTime() + 60_000_000_000L;
      while (ran.get() < count && System.nanoTime() < patience) LockSupport.parkNanos(1_000_000);
      for (int i = 0; i < count; i++) {
        all.add((ranAt.get(i) == 0 ? System.nanoTime() : ranAt.get(i)) - begun - due(i, perSecond));
      }
    }
    return Latencies.sorted(all);
  }

  private static long due(long number, double perSecond) {
    return (long) (number * 1e9 / perSecond);
  }
}
