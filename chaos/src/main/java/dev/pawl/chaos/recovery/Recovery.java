package dev.pawl.chaos.recovery;

import dev.pawl.chaos.node.NodeProcess;
import dev.pawl.chaos.node.Trial;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.sdk.worker.WorkerBuilder;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.check.Evidence;
import dev.pawl.testbed.check.Row;
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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Kills worker processes in the middle of a step and measures how long it takes until the step runs in another worker.
 * Many beside each other, each with a run and a queue of its own, so that a hundred kills need no hundred lease times.
 */
public final class Recovery {
  private static final String TYPE = "held";
  private static final String HEIR = "heir";
  private static final Duration SOON = Duration.ofSeconds(90);

  private Recovery() {}

  /**
   * What was measured.
   *
   * @param bound what the engine promises, from the leases: by then the work is to be had again
   * @param taken from SIGKILL until the work was to be had again, shortest first
   * @param times from SIGKILL to the step's body in another worker, shortest first
   */
  public record Result(String store, Duration bound, List<Duration> taken, List<Duration> times) {
    public Result {
      taken = taken.stream().sorted().toList();
      times = times.stream().sorted().toList();
    }

    /** @param share 0 to 1; 0.5 is the median */
    public Duration percentile(double share) {
      return times.get(Math.min(times.size() - 1, (int) Math.ceil(share * times.size()) - 1));
    }

    public boolean kept() {
      return taken.getLast().compareTo(bound) <= 0;
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
   * @param atOnce how many victims live, die and are replaced beside each other
   * @param folder for the ledger
   */
  public static Result measure(Database database, String leases, int kills, int atOnce, Path folder) throws InterruptedException {
    LeaseTimings timings = leases(leases);
    Path effects = folder.resolve("effects");
    Map<String, Instant> killed = new ConcurrentHashMap<>();
    try (EffectLedger ledger = EffectLedger.open(effects);
        PawlEngine engine = PawlEngine.open(database.dataSource(), config -> config.leases = timings);
        var killers = Executors.newFixedThreadPool(atOnce)) {
      var scene = new Scene(NodeProcess.address(database), engine, new LedgerClient(ledger.port()), leases);
      List<Future<?>> all = new ArrayList<>();
      for (int i = 1; i <= kills; i++) {
        String queue = "queue-" + i;
        all.add(killers.submit(() -> scene.kill(queue, killed)));
      }
      for (Future<?> one : all) one.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("expected to measure, but the measurement itself failed", e.getCause());
    }
    return new Result(database.toString(), timings.recoveryBound(), taken(database, killed),
        times(LedgerFile.read(effects), killed));
  }

  private record Scene(String address, PawlEngine engine, LedgerClient ledger, String leases) {

    /** A victim begins its step, somebody else waits for work, the victim is killed, and the step begins again. */
    void kill(String queue, Map<String, Instant> killed) {
      WorkflowHandle run = PawlClient.on(engine.control()).queue(queue).start(TYPE, "run-of-" + queue, "");
      String id = run.describe().run().toString();
      try (JavaProcess victim = JavaProcess.of(Victim.class).likeIn(Trial.class).args(address, ledger.port(), queue, leases).start()) {
        begun(id, 1, queue);
        try (Worker heir = work(engine, queue, ledger, HEIR, false)) {
          killed.put(id, InstantSource.system().instant());
          victim.kill9();
          begun(id, 2, queue);
          run.result(String.class, SOON);
        }
      }
    }

    private void begun(String run, int times, String queue) {
      if (!ledger.awaitCalls(times, run, SOON)) {
        throw new IllegalStateException("expected the step of %s to begin %d times".formatted(queue, times));
      }
    }
  }

  /** When the engine took the work from the dead, as its ledger says. */
  private static List<Duration> taken(Database database, Map<String, Instant> killed) {
    List<Duration> taken = new ArrayList<>();
    try (Evidence evidence = Evidence.in(database.dataSource()).open()) {
      for (Row note : evidence.notes()) {
        Instant at = killed.get(note.text("run_id"));
        if (at == null || !note.text("what").equals("LEASE_REVOKED")) continue;
        taken.add(Duration.between(at, Instant.EPOCH.plus(note.number("at"), ChronoUnit.MICROS)));
      }
    }
    return complete(taken, killed);
  }

  private static List<Duration> times(LedgerFile ledger, Map<String, Instant> killed) {
    List<Duration> times = new ArrayList<>();
    for (LedgerEntry entry : ledger.calls()) {
      if (entry.call().worker().equals(HEIR)) times.add(Duration.between(killed.get(entry.call().runId()), entry.at()));
    }
    return complete(times, killed);
  }

  /** @throws IllegalStateException if some were not measured */
  static List<Duration> complete(List<Duration> times, Map<String, Instant> killed) {
    if (times.size() == killed.size()) return times;
    throw new IllegalStateException("expected each of %d steps to begin again once, got %d".formatted(killed.size(),
        times.size()));
  }
}
