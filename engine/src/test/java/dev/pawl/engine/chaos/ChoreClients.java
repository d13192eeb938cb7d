package dev.pawl.engine.chaos;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.RunId;
import dev.pawl.core.run.StartOptions;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Clients that start chores, signal them and wait for their ends; each asks again under the same id until it knows. */
final class ChoreClients {
  private final ControlApi control;
  private final Operations log;

  ChoreClients(ControlApi control, Operations log) {
    this.control = control;
    this.log = log;
  }

  /** Plays {@code clients} clients with {@code each} chores; returns when all have ended. */
  void play(int clients, int each) throws InterruptedException, ExecutionException {
    try (var threads = Executors.newFixedThreadPool(clients)) {
      List<Future<?>> playing = new ArrayList<>();
      for (int c = 1; c <= clients; c++) {
        String client = "client-" + c;
        playing.add(threads.submit(() -> {
          for (int i = 1; i <= each; i++) chore(client, "%s-chore-%d".formatted(client, i));
        }));
      }
      for (Future<?> one : playing) one.get();
    }
  }

  private void chore(String client, String workflowId) {
    ask(client, Kind.START, workflowId, "start", () -> control.start(new ControlApi.Start("default", workflowId,
        ChoreWorker.CHORE, ChoreWorker.QUEUE, Payload.json("{}"), StartOptions.PLAIN, ReusePolicy.REJECT,
        ConflictPolicy.FAIL, "start", null, null)).run());
    for (int i = 1; i <= ChoreWorker.SIGNALS; i++) {
      String id = "signal-" + i;
      ask(client, Kind.SIGNAL, workflowId, id, () -> {
        control.signal(RunRef.current("default", workflowId),
            new ControlApi.Message(id, "go", Payload.json("1"), Map.of()));
        return "";
      });
    }
    RunId run = ask(client, Kind.OTHER, workflowId, "result", () -> {
      ControlApi.RunResult result =
          control.awaitResult(RunRef.current("default", workflowId), Duration.ofSeconds(5));
      return result.run();
    });
    log.invoke(client, Kind.RESULT, "default", workflowId, "").ok(run, "COMPLETED");
  }

  private <T> T ask(String client, Kind kind, String workflowId, String id, Supplier<T> what) {
    while (true) {
      var call = log.invoke(client, kind, "default", workflowId, id);
      try {
        T answer = what.get();
        call.ok(answer, "");
        return answer;
      } catch (RejectedException e) {
        switch (e.code()) {
          case STORE_UNAVAILABLE, OVERLOADED, SHUTTING_DOWN, WAIT_TIMED_OUT -> call.info(e.toString());
          default -> {
            call.fail(e.toString());
            throw e;
          }
        }
        LockSupport.parkNanos(5_000_000L);
      }
    }
  }
}
