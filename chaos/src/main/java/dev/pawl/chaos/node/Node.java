package dev.pawl.chaos.node;

import dev.pawl.chaos.chore.ChoreWorker;
import dev.pawl.chaos.program.Interpreter;
import dev.pawl.chaos.program.Outside;
import dev.pawl.chaos.workload.Appends;
import dev.pawl.chaos.workload.Turns;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.engine.EngineConfig;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.testbed.ledger.LedgerClient;
import java.time.Duration;

/** An engine and its two workers: one of the SDK, for programs, and one of bare hands, for chores. */
public final class Node implements AutoCloseable {
  /** Short, so that a lost worker is replaced within seconds. */
  public static final LeaseTimings QUICK = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(3),
      Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(5));

  private final Worker programs;
  private final ChoreWorker chores;

  /**
   * Starts to work.
   *
   * @param meddler what happens on the way between the programs' worker and the engine
   */
  public Node(PawlEngine engine, LedgerClient ledger, String name, Meddler meddler) {
    WorkerApi api = Noting.between(meddler.before(engine.worker()), ledger, name);
    var outside = new Outside(ledger, name);
    this.programs = Turns.serve(Appends.serve(Interpreter.serve(Worker.on(api), outside)), outside)
        .settings(set -> {
          set.name = name;
          set.retryInPlace = Duration.ofMillis(50);
          set.patience = Duration.ofSeconds(1);
          set.drain = Duration.ofSeconds(5);
        })
        .start();
    this.chores = new ChoreWorker(engine.worker(), ledger, name + "-chores");
  }

  /** How engines of a round are opened. */
  public static void settings(EngineConfig config) {
    config.leases = QUICK;
  }

  @Override
  public void close() throws InterruptedException {
    programs.close();
    chores.close();
  }
}
