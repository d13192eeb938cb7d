package dev.pawl.chaos.node;

import dev.pawl.chaos.chore.ChoreWorker;
import dev.pawl.chaos.errand.ErrandWorker;
import dev.pawl.chaos.program.Interpreter;
import dev.pawl.chaos.program.Outside;
import dev.pawl.chaos.workload.Appends;
import dev.pawl.chaos.workload.Turns;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.engine.EngineConfig;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.worker.JobWorker;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.testbed.ledger.LedgerClient;
import java.time.Duration;

/** An engine and its workers: two of the SDK, for programs and for jobs, and one of bare hands, for chores. */
public final class Node implements AutoCloseable {
  /** Short, so that a lost worker is replaced within seconds. */
  public static final LeaseTimings QUICK = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(3),
      Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(5));

  private final Worker programs;
  private final ChoreWorker chores;
  private final JobWorker errands;

  /**
   * Starts to work.
   *
   * @param jobLedger where jobs have their effects
   * @param meddler what happens on the way between the SDK's workers and the engine
   */
  public Node(PawlEngine engine, LedgerClient ledger, LedgerClient jobLedger, String name, Meddler meddler) {
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
    this.errands = ErrandWorker.start(meddler.before(engine.worker()), meddler.before(engine.jobWork()), jobLedger, name);
  }

  /** How engines of a round are opened. */
  public static void settings(EngineConfig config) {
    config.leases = QUICK;
  }

  @Override
  public void close() throws InterruptedException {
    programs.close();
    chores.close();
    errands.close();
  }
}
