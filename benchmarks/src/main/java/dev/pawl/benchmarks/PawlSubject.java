package dev.pawl.benchmarks;

import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.payload.PayloadPath;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.testbed.Database;
import java.time.Duration;

/** Pawl embedded: engine, worker and client in this process, as a user would have them. */
final class PawlSubject implements Subject {
  final PawlEngine engine;
  final PawlClient client;
  private final Worker worker;

  PawlSubject(Database database) {
    this(database, 200_000);
  }

  /** @param parked how many waiting runs the worker keeps in memory */
  PawlSubject(Database database, int parked) {
    engine = PawlEngine.open(database.dataSource());
    client = PawlClient.on(engine.control(), PayloadPath.json()).queue("bench");
    worker = Worker.on(engine.worker(), PayloadPath.json()).queue("bench")
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
    return "pawl";
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
    engine.close();
  }
}
