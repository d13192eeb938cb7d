package dev.pawl.chaos.client;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several clients at once, each with a name and chance of its own. */
final class Crowd {
  private Crowd() {}

  /** What one of them does. */
  interface Part {
    void play(String name, SplittableRandom random);
  }

  /** Returns when all are through. @param tribe how all their names begin @throws WrongAnswer the first one's trouble */
  static void play(String tribe, int clients, long seed, Part part) throws InterruptedException {
    try (var threads = Executors.newFixedThreadPool(clients)) {
      List<Future<?>> playing = new ArrayList<>();
      var seeds = new SplittableRandom(seed);
      for (int c = 1; c <= clients; c++) {
        String name = tribe + "client-" + c;
        SplittableRandom random = seeds.split();
        playing.add(threads.submit(() -> part.play(name, random)));
      }
      for (Future<?> one : playing) one.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException trouble) throw trouble;
      throw new IllegalStateException(e.getCause());
    }
  }
}
