package dev.pawl.engine;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.protocol.worker.WorkerApi;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** A worker with real threads whose only program has {@code steps} steps. */
final class LiveWorker implements AutoCloseable {
  private final WorkerApi api;
  private final SessionId session = SessionId.random();
  private final int steps;
  private volatile boolean closing;
  private final List<Thread> pollers = new java.util.ArrayList<>();
  final AtomicLong finished = new AtomicLong();
  private long beats;

  LiveWorker(PawlEngine engine, int pollers, int steps) {
    api = engine.worker();
    this.steps = steps;
    api.open(new WorkerApi.OpenSession(session, "live", 10_000, null));
    for (int i = 0; i < pollers; i++) this.pollers.add(Thread.startVirtualThread(this::poll));
  }

  private void poll() {
    while (!closing) {
      WorkerApi.Poll poll =
          new WorkerApi.Poll(session, "default", "q", Set.of(), 100, Duration.ofSeconds(5), null);
      try {
        for (WorkerApi.WorkflowTaskGrant grant : api.pollWorkflows(poll)) {
          Thread.startVirtualThread(() -> perform(grant));
        }
      } catch (RejectedException e) {
        if (!closing) throw e;
      }
    }
  }

  private void perform(WorkerApi.WorkflowTaskGrant grant) {
    try {
      // What an earlier worker recorded is not done again.
      int first = (int) grant.events().stream().filter(e -> e.fact() instanceof RunEvent.StepCompleted).count() + 1;
      long seen = grant.events().getLast().seq();
      int number = 1;
      for (int step = first; step < steps; step++) {
        var ack = api.report(
            new WorkerApi.Report(grant.token(), session, number++, seen, List.of(record(step)), false));
        seen = ack.own().getLast().seq();
      }
      api.report(new WorkerApi.Report(grant.token(), session, number, seen,
          List.of(record(steps), new Command.CompleteRun(Payload.json("1"), List.of())), true));
      finished.incrementAndGet();
    } catch (RejectedException e) {
      // A test took the run away.
    }
  }

  private static Command record(int step) {
    return new Command.RecordStep(step, "s", Outcome.success(Payload.json("\"result\"")), 1);
  }

  void beat() {
    api.heartbeat(new WorkerApi.Heartbeat(session, ++beats, "BUSY", List.of(), List.of()));
  }

  @Override
  public void close() {
    closing = true;
    try {
      api.close(session);
    } catch (RejectedException e) {
      // The engine is closed already.
    }
    for (Thread poller : pollers) {
      try {
        poller.join(Duration.ofSeconds(60));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
