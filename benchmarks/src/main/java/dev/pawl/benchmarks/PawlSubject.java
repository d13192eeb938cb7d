package dev.pawl.benchmarks;

import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.payload.PayloadPath;
import dev.pawl.sdk.remote.RemotePawl;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.server.PawlServer;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.testbed.Database;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Pawl with its engine, worker and client in this process, as a user would have them: embedded, or over HTTP. */
final class PawlSubject implements Subject {
  static final String REMOTE = "pawl-remote";
  private static final String TOKEN = "bench";

  final PawlEngine engine;
  final PawlClient client;
  private final String system;
  private final Worker worker;
  /** What is closed behind the worker, in this order. */
  private final List<AutoCloseable> behind;

  PawlSubject(Database database) {
    this(database, 200_000);
  }

  /** @param parked how many waiting runs the worker keeps in memory */
  PawlSubject(Database database, int parked) {
    this("pawl", PawlEngine.open(database.dataSource()), parked);
  }

  private PawlSubject(String system, PawlEngine engine, int parked) {
    this(system, engine, engine.control(), engine.worker(), List.of(engine), parked);
  }

  /** The worker and the client go through a server, which has the engine for itself. */
  static PawlSubject remote(Database database) {
    PawlEngine engine = PawlEngine.open(database.dataSource());
    PawlServer server = PawlServer.of(engine, ServerConfig.of(
        List.of("--port", "0", "--host", "127.0.0.1", "--auth-token", TOKEN), Map.of()), said -> {});
    RemotePawl far = RemotePawl.connect("http://127.0.0.1:" + server.port(), TOKEN);
    return new PawlSubject(REMOTE, engine, far.control(), far.worker(), List.of(far, server), 200_000);
  }

  private PawlSubject(String system, PawlEngine engine, ControlApi control, WorkerApi work, List<AutoCloseable> behind,
      int parked) {
    this.system = system;
    this.engine = engine;
    this.behind = behind;
    client = PawlClient.on(control, PayloadPath.json()).queue("bench");
    worker = Worker.on(work, PayloadPath.json()).queue("bench")
        .workflow("steps", Steps::new)
        .workflow("activities", FiveActivities::new)
        .workflow("signal", WaitForSignal::new)
        .workflow("sleep", Timers.Sleep::new)
        .activity("trivial", Integer.class, n -> "result-" + n)
        .settings(s -> {
          s.cachedRuns = parked;
          s.workflows = 2_000;
          s.activities = 500;
        })
        .start();
  }

  static final class Steps implements Workflow<Integer, String> {
    @Override
    public String run(Integer n) {
      String last = "";
      for (int i = 0; i < n; i++) {
        String result = "result-" + i;
        last = Pawl.step("step-" + i, () -> result);
      }
      return last;
    }
  }

  static final class FiveActivities implements Workflow<Integer, String> {
    @Override
    public String run(Integer n) {
      String last = "";
      for (int i = 0; i < n; i++) {
        last = Activities.call("trivial", opts -> opts.startToClose(Duration.ofSeconds(30)), String.class, i);
      }
      return last;
    }
  }

  static final class WaitForSignal implements Workflow<String, String> {
    @Override
    public String run(String input) {
      return Pawl.receive("ping", String.class);
    }
  }

  @Override
  public String system() {
    return system;
  }

  @Override
  public boolean can(Workload workload) {
    return true;
  }

  @Override
  public long perform(Workload workload, long number) {
    String id = "w-" + number;
    long begin = System.nanoTime();
    switch (workload) {
      case W1, W5, W10 -> client.start("steps", id, workload.steps).result(String.class);
      case A5 -> client.start("activities", id, workload.steps).result(String.class);
      case S -> {
        WorkflowHandle handle = client.start("signal", id, "");
        begin = System.nanoTime();
        handle.signal("ping", "pong");
        handle.result(String.class);
      }
    }
    return System.nanoTime() - begin;
  }

  @Override
  public long commits() {
    return engine.store().counters().commits.sum();
  }

  @Override
  public void close() {
    worker.close();
    for (AutoCloseable one : behind) {
      try {
        one.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
