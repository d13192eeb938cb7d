package dev.pawl.engine.store.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs things at the same time. */
final class Race {
  private Race() {}

  @SafeVarargs
  static <T> List<T> of(Callable<T>... runners) throws Exception {
    CountDownLatch go = new CountDownLatch(runners.length);
    try (var threads = Executors.newFixedThreadPool(runners.length)) {
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> runner : runners) {
        futures.add(threads.submit(() -> {
          go.countDown();
          go.await();
          return runner.call();
        }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) results.add(future.get());
      return results;
    }
  }
}
