package dev.pawl.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A number of starters, each of which begins its next operation when the one before is done. */
final class ClosedLoop {
  private ClosedLoop() {}

  /** @param commitsPerOp -1 if the subject cannot tell */
  record Result(
      Workload workload, String system, String store, int starters, double perSecond, double p50, double p95,
      double p99, double commitsPerOp) {

    String json() {
      return String.format(java.util.Locale.ROOT,
          "{\"workload\":\"%s\",\"system\":\"%s\",\"store\":\"%s\",\"starters\":%d,\"per_second\":%.0f,"
              + "\"p50_ms\":%.3f,\"p95_ms\":%.3f,\"p99_ms\":%.3f,\"commits_per_op\":%.3f}",
          workload, system, store, starters, perSecond, p50, p95, p99, commitsPerOp);
    }
  }

  static Result run(Subject subject, String store, Workload workload, int starters, Duration warmUp, Duration time)
      throws Exception {
    AtomicLong numbers = new AtomicLong(System.nanoTime());
    AtomicReference<Throwable> failure = new AtomicReference<>();
    long begin = System.nanoTime() + warmUp.toNanos();
    long end = begin + time.toNanos();
    Latencies[] latencies = new Latencies[starters];
    CountDownLatch done = new CountDownLatch(starters);
    for (int i = 0; i < starters; i++) {
      Latencies mine = latencies[i] = new Latencies();
      Thread.ofVirtual().start(() -> {
        try {
          while (failure.get() == null) {
            long started = System.nanoTime();
            if (started >= end) break;
            long latency = subject.perform(workload, numbers.incrementAndGet());
            long finished = System.nanoTime();
            if (started >= begin && finished <= end) mine.add(latency);
          }
        } catch (Throwable t) {
          failure.compareAndSet(null, t);
        } finally {
          done.countDown();
        }
      });
    }
    Thread.sleep(warmUp);
    long commitsBefore = subject.commits();
    Thread.sleep(time);
    long commits = commitsBefore < 0 ? -1 : subject.commits() - commitsBefore;
    done.await();
    if (failure.get() != null) throw new IllegalStateException("the workload failed", failure.get());
    long[] all = Latencies.sorted(latencies);
    if (all.length == 0) throw new IllegalStateException("no operation finished within the time");
    return new Result(workload, subject.system(), store, starters, all.length / (time.toNanos() / 1e9),
        Latencies.percentile(all, 0.50), Latencies.percentile(all, 0.95), Latencies.percentile(all, 0.99),
        commits < 0 ? -1 : commits / (double) all.length);
  }

  /** Nanoseconds, in the order they came. One writer. */
  static final class Latencies {
    private long[] nanos = new long[1024];
    private int size;

    void add(long value) {
      if (size == nanos.length) nanos = Arrays.copyOf(nanos, size * 2);
      nanos[size++] = value;
    }

    static long[] sorted(Latencies... parts) {
      return Arrays.stream(parts).flatMapToLong(p -> Arrays.stream(p.nanos, 0, p.size)).sorted().toArray();
    }

    /** In milliseconds. */
    static double percentile(long[] sorted, double p) {
      return sorted[(int) Math.min(sorted.length - 1, Math.round(Math.floor(sorted.length * p)))] / 1e6;
    }
  }
}
