package dev.pawl.conformance.suite;

import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.scene.Stage;
import dev.pawl.conformance.suite.Result.Verdict;
import dev.pawl.conformance.wire.Lacking;
import dev.pawl.conformance.wire.Unmet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Plays cases side by side, each in a scene of its own. */
public final class Runner {
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final Stage stage;
  private final Semaphore places;

  /** @param atOnce how many cases are played at the same time */
  public Runner(Stage stage, int atOnce) {
    this.stage = stage;
    this.places = new Semaphore(atOnce);
  }

  /**
   * Plays all of them.
   *
   * @param said told each result when it is there, from any thread
   * @return results in the order of the cases
   */
  public List<Result> play(List<Case> cases, Consumer<Result> said) throws InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Result>> running = new ArrayList<>();
      for (Case one : cases) {
        running.add(threads.submit(() -> {
          places.acquire();
          try {
            Result result = played(one);
            said.accept(result);
            return result;
          } finally {
            places.release();
          }
        }));
      }
      List<Result> results = new ArrayList<>();
      for (int i = 0; i < cases.size(); i++) results.add(result(cases.get(i), running.get(i)));
      return results;
    }
  }

  private static Result result(Case one, Future<Result> running) throws InterruptedException {
    try {
      return running.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      running.cancel(true);
      return new Result(one, Verdict.FAILED, "it did not come to an end within " + LONGEST, "", LONGEST);
    } catch (ExecutionException e) {
      return new Result(one, Verdict.FAILED, String.valueOf(e.getCause()), "", Duration.ZERO);
    }
  }

  private Result played(Case one) {
    for (Feature need : one.needs()) {
      if (!stage.has(need)) {
        return new Result(one, Verdict.SKIPPED, "the server has no " + need.spoken(), "", Duration.ZERO);
      }
    }
    Scene scene = stage.scene();
    long began = System.nanoTime();
    try {
      one.body().play(scene);
      return new Result(one, Verdict.PASSED, "", "", since(began));
    } catch (Lacking e) {
      return new Result(one, Verdict.SKIPPED, "the server has no " + e.getMessage(), "", since(began));
    } catch (Unmet e) {
      return new Result(one, Verdict.FAILED, String.valueOf(e.getMessage()), scene.transcript().toString(),
          since(began));
    } catch (Exception e) {
      return new Result(one, Verdict.FAILED, e.toString(), scene.transcript().toString(), since(began));
    }
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }
}
