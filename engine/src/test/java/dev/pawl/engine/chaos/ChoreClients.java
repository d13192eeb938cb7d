package dev.pawl.engine.chaos;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.testbed.check.Operation.Kind;
import dev.pawl.testbed.check.Operations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Clients that start workflows, talk to them, stop some, and wait for their ends; each asks again under the same id until
 * it knows. Wrong answers throw.
 */
final class ChoreClients {
  private final ControlApi control;
  private final Operations log;
  private final AtomicInteger played = new AtomicInteger();

  ChoreClients(ControlApi control, Operations log) {
    this.control = control;
    this.log = log;
  }

  /** Plays {@code clients} clients with {@code each} chores; returns when all have ended. */
  void play(int clients, int each) throws InterruptedException, ExecutionException {
    all(clients, (client, random) -> {
      for (int i = 1; i <= each; i++) chore(client, "%s-chore-%d".formatted(client, i), "");
    }, 0);
  }

  /** Plays chores and counters, and stops some of them, until told that it is enough. Returns how many it played. */
  int playWhile(BooleanSupplier more, int clients, long seed) throws InterruptedException, ExecutionException {
    all(clients, (client, random) -> {
      for (int i = 1; more.getAsBoolean(); i++) {
        String id = "%s-%d".formatted(client, i);
        switch (random.nextInt(10)) {
          case 0 -> chore(client, "cancelled-" + id, "cancel");
          case 1 -> chore(client, "terminated-" + id, "terminate");
          case 2, 3, 4 -> counter(client, "counter-" + id, random);
          default -> chore(client, "chore-" + id, "");
        }
        played.incrementAndGet();
      }
    }, seed);
    return played.get();
  }

  private interface Client {
    void play(String name, SplittableRandom random);
  }

  private static void all(int clients, Client client, long seed) throws InterruptedException, ExecutionException {
    try (var threads = Executors.newFixedThreadPool(clients)) {
      List<Future<?>> playing = new ArrayList<>();
      var seeds = new SplittableRandom(seed);
      for (int c = 1; c <= clients; c++) {
        String name = "client-" + c;
        SplittableRandom random = seeds.split();
        playing.add(threads.submit(() -> client.play(name, random)));
      }
      for (Future<?> one : playing) one.get();
    }
  }

  // ---- what a client does

  /** @param end how it is stopped in the middle; empty: it is not */
  private void chore(String client, String workflowId, String end) {
    start(client, workflowId, ChoreWorker.CHORE);
    signal(client, workflowId, "signal-1", "go", "1");
    switch (end) {
      case "cancel" -> ask(client, Kind.CANCEL, workflowId, "stop", () -> {
        control.cancel(ref(workflowId), "enough", "stop");
        return "";
      });
      case "terminate" -> ask(client, Kind.TERMINATE, workflowId, "stop", () -> {
        control.terminate(ref(workflowId), "enough", "stop");
        return "";
      });
      default -> signal(client, workflowId, "signal-2", "go", "1");
    }
    var result = result(client, workflowId);
    String expected = switch (end) {
      case "cancel" -> "CANCELLED";
      case "terminate" -> "TERMINATED";
      default -> "COMPLETED";
    };
    if (!result.status().name().equals(expected)) {
      throw new AssertionError("expected %s to be %s, got %s".formatted(workflowId, expected, result));
    }
  }

  private void counter(String client, String workflowId, SplittableRandom random) {
    start(client, workflowId, ChoreWorker.COUNTER);
    long sum = 0;
    int signals = 1 + random.nextInt(8);
    for (int i = 1; i <= signals; i++) {
      int add = random.nextInt(100);
      sum += add;
      signal(client, workflowId, "add-" + i, "add", Integer.toString(add));
    }
    signal(client, workflowId, "stop", "stop", "0");
    var result = result(client, workflowId);
    boolean right = result.outcome() instanceof Outcome.Success success
        && success.result().text().equals(Long.toString(sum));
    if (!right) throw new AssertionError("expected %s to count %d, got %s".formatted(workflowId, sum, result));
  }

  private void start(String client, String workflowId, String type) {
    ask(client, Kind.START, workflowId, "start", () -> control.start(new ControlApi.Start("default", workflowId,
        type, ChoreWorker.QUEUE, Payload.json("0"), StartOptions.PLAIN, ReusePolicy.REJECT,
        ConflictPolicy.FAIL, "start", null, null)).run());
  }

  private void signal(String client, String workflowId, String id, String name, String input) {
    ask(client, Kind.SIGNAL, workflowId, id, () -> {
      control.signal(ref(workflowId), new ControlApi.Message(id, name, Payload.json(input), Map.of()));
      return "";
    });
  }

  private ControlApi.RunResult result(String client, String workflowId) {
    var result = ask(client, Kind.OTHER, workflowId, "result",
        () -> control.awaitResult(ref(workflowId), Duration.ofSeconds(5)));
    log.invoke(client, Kind.RESULT, "default", workflowId, "").ok(result.run(), result.status().name());
    return result;
  }

  private static RunRef ref(String workflowId) {
    return RunRef.current("default", workflowId);
  }

  private <T> T ask(String client, Kind kind, String workflowId, String id, Supplier<T> what) {
    for (long pause = 5_000_000L; ; pause = Math.min(200_000_000L, 2 * pause)) {
      var call = log.invoke(client, kind, "default", workflowId, id);
      try {
        T answer = what.get();
        call.ok(kind == Kind.START ? answer : "", answer.toString());
        return answer;
      } catch (RejectedException e) {
        switch (e.code()) {
          case STORE_UNAVAILABLE, OVERLOADED, SHUTTING_DOWN, WAIT_TIMED_OUT -> call.info(e.toString());
          default -> {
            call.fail(e.toString());
            throw new AssertionError("%s '%s' of %s".formatted(kind, id, workflowId), e);
          }
        }
        LockSupport.parkNanos(pause);
      }
    }
  }
}
