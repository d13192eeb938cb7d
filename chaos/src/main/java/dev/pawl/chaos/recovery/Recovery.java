package dev.pawl.chaos.recovery;

import dev.pawl.chaos.node.NodeProcess;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.sdk.worker.WorkerBuilder;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.ledger.EffectCall;
import dev.pawl.testbed.ledger.EffectLedger;
import dev.pawl.testbed.ledger.LedgerClient;
import dev.pawl.testbed.ledger.LedgerEntry;
import dev.pawl.testbed.ledger.LedgerFile;
import dev.pawl.testbed.process.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Kills worker processes in the middle of a step and measures how long it takes until the step runs in another worker.
 * Several at a time, each with a run and a queue of its own, so that a hundred kills need no hundred lease times.
 */
public final class Recovery {
  private static final String TYPE = "held";
  private static final Duration SOON = Duration.ofSeconds(90);

  private Recovery() {}

  /**
   * What was measured.
   *
   * @param bound what the engine promises, from the leases
   * @param times from SIGKILL to the step's body in another worker, shortest first
   */
  public record Result(String store, Duration bound, List<Duration> times) {
    public Result {
      times = times.stream().sorted().toList();
    }

    /** @param share 0 to 1; 0.5 is the median */
    public Duration percentile(double share) {
      return times.get(Math.min(times.size() - 1, (int) Math.ceil(share * times.size()) - 1));
    }

    public boolean kept() {
      return times.getLast().compareTo(bound) <= 0;
    }
  }

  /** Its only step tells the ledger that it runs, and in the process that will be killed it never ends. */
  static final class Held implements Workflow<String, String> {
    private final LedgerClient ledger;
    private final String worker;
    private final boolean forEver;

    Held(LedgerClient ledger, String worker, boolean forEver) {
      this.ledger = ledger;
      this.worker = worker;
      this.forEver = forEver;
    }

    @Override
    public String run(String input) {
      return Pawl.step("hold", () -> {
        Step.Context step = Step.context();
        ledger.call(new EffectCall(step.idempotencyKey(), step.workflowId(), step.run().toString(), step.step(),
            step.attempt(), 0, worker));
        if (forEver) new CountDownLatch(1).await();
        return worker;
      });
    }
  }

  private static Worker work(PawlEngine engine, String queue, LedgerClient ledger, String name, boolean forEver) {
    WorkerBuilder worker = Worker.on(engine.worker()).queue(queue)
        .workflow(TYPE, () -> new Held(ledger, name, forEver));
    return worker.start();
  }

  /** The process that is killed. */
  public static final class Victim {
    private Victim() {}

    /** @param args database, ledger's port, queue, leases */
    public static void main(String[] args) throws InterruptedException {
      PawlEngine engine = PawlEngine.open(args[0], config -> config.leases = leases(args[3]));
      work(engine, args[2], new LedgerClient(Integer.parseInt(args[1])), "victim of " + args[2], true);
      System.out.println(NodeProcess.READY);
      new CountDownLatch(1).await();
    }
  }

  /** {@code quick}: 3 s; {@code standard}: what an engine has unless told otherwise. */
  static LeaseTimings leases(String name) {
    return switch (name) {
      case "quick" -> dev.pawl.chaos.node.Node.QUICK;
      case "standard" -> LeaseTimings.DEFAULT;
      default -> throw new IllegalArgumentException("--leases: expected quick or standard, got '%s'".formatted(name));
    };
  }

  /**
   * @param leases {@code quick} or {@code standard}
   * @param atOnce how many are killed at a time
   * @param folder for the ledger
   */
  public static Result measure(Database database, String leases, int kills, int atOnce, Path folder) {
    LeaseTimings timings = leases(leases);
    Path effects = folder.resolve("effects");
    List<Duration> times = new ArrayList<>();
    try (EffectLedger ledger = EffectLedger.open(effects);
        PawlEngine engine = PawlEngine.open(database.dataSource(), config -> config.leases = timings)) {
      var client = new LedgerClient(ledger.port());
      for (int batch = 0; times.size() < kills; batch++) {
        int size = Math.min(atOnce, kills - times.size());
        times.addAll(batch(database, engine, client, effects, leases, batch, size));
      }
    }
    return new Result(database.toString(), timings.recoveryBound(), times);
  }

  private static List<Duration> batch(Database database, PawlEngine engine, LedgerClient ledger, Path effects,
      String leases, int batch, int size) {
    Map<String, JavaProcess> victims = new HashMap<>();
    List<Worker> heirs = new ArrayList<>();
    PawlClient client = PawlClient.on(engine.control());
    try {
      for (int i = 0; i < size; i++) {
        String queue = "queue-%d-%d".formatted(batch, i);
        victims.put(queue, JavaProcess.of(Victim.class)
            .args(NodeProcess.address(database), ledger.port(), queue, leases).start());
        client.queue(queue).start(TYPE, "run-of-" + queue, "");
      }
      victims.forEach((queue, victim) -> {
        victim.awaitLine(NodeProcess.READY, SOON);
        if (!ledger.awaitCalls(1, "", SOON) || !held(ledger, effects, queue)) {
          throw new IllegalStateException("expected the step of %s to begin".formatted(queue));
        }
      });
      victims.keySet().forEach(queue -> heirs.add(work(engine, queue, ledger, "heir", false)));
      Map<String, Instant> killed = new HashMap<>();
      victims.forEach((queue, victim) -> {
        killed.put(queue, InstantSource.system().instant());
        victim.kill9();
      });
      victims.keySet().forEach(queue -> client.handle("run-of-" + queue).result(String.class, SOON));
      return times(LedgerFile.read(effects), killed);
    } finally {
      heirs.forEach(Worker::close);
      victims.values().forEach(JavaProcess::close);
    }
  }

  private static boolean held(LedgerClient ledger, Path effects, String queue) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (System.nanoTime() < deadline) {
      List<LedgerEntry> calls = LedgerFile.read(effects).calls();
      if (calls.stream().anyMatch(entry -> entry.call().workflowId().equals("run-of-" + queue))) return true;
      ledger.awaitCalls(calls.size() + 1L, "", Duration.ofSeconds(1));
    }
    return false;
  }

  private static List<Duration> times(LedgerFile ledger, Map<String, Instant> killed) {
    List<Duration> times = new ArrayList<>();
    killed.forEach((queue, at) -> {
      Instant again = ledger.calls().stream()
          .filter(entry -> entry.call().workflowId().equals("run-of-" + queue) && entry.call().worker().equals("heir"))
          .map(LedgerEntry::at).findFirst()
          .orElseThrow(() -> new IllegalStateException("expected the heir of %s to begin".formatted(queue)));
      times.add(Duration.between(at, again));
    });
    return times;
  }
}
