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
import java.util.HashMap;
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
  static final String HEIR = "heir";
  static final Duration SOON = Duration.ofSeconds(90);

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
    return measure(database, leases, kills, atOnce, folder, Recovery::kill, Recovery::taken);
  }

  /** Plays one kill, and keeps when it was under the name by which the work is known. */
  interface Scene {
    void kill(Stage stage, int number, Map<String, Instant> killed);
  }

  /** When the engine took the work from the dead, told to {@code after}; of several times the first counts. */
  interface Taken {
    void tell(Database database, After after);
  }

  /** The time from a kill to what came of it. */
  static final class After {
    private final Map<String, Instant> killed;
    private final Map<String, Duration> first = new HashMap<>();

    After(Map<String, Instant> killed) {
      this.killed = killed;
    }

    /** @param work by the name that its kill was kept under; of others nothing is kept */
    void kill(String work, Instant at) {
      Instant since = killed.get(work);
      if (since != null) first.merge(work, Duration.between(since, at), (a, b) -> a.compareTo(b) < 0 ? a : b);
    }

    /** @throws IllegalStateException if some were not measured */
    List<Duration> all() {
      if (first.size() == killed.size()) return List.copyOf(first.values());
      throw new IllegalStateException("expected what came of each of %d kills, got %d".formatted(killed.size(), first.size()));
    }
  }

  /** What the scenes of a measurement share. */
  record Stage(String address, PawlEngine engine, LedgerClient ledger, String leases) {
    JavaProcess victim(Class<?> main, String work) {
      return JavaProcess.of(main).likeIn(Trial.class).args(address, ledger.port(), work, leases).start();
    }

    /** Waits until the ledger has heard of it so often. */
    void begun(String call, int times) {
      if (!ledger.awaitCalls(times, call, SOON)) {
        throw new IllegalStateException("expected the work of %s to begin %d times".formatted(call, times));
      }
    }
  }

  static Result measure(Database database, String leases, int kills, int atOnce, Path folder, Scene scene, Taken taken)
      throws InterruptedException {
    LeaseTimings timings = leases(leases);
    Path effects = folder.resolve("effects");
    Map<String, Instant> killed = new ConcurrentHashMap<>();
    try (EffectLedger ledger = EffectLedger.open(effects);
        PawlEngine engine = PawlEngine.open(database.dataSource(), config -> config.leases = timings);
        var killers = Executors.newFixedThreadPool(atOnce)) {
      var stage = new Stage(NodeProcess.address(database), engine, new LedgerClient(ledger.port()), leases);
      List<Future<?>> all = new ArrayList<>();
      for (int i = 1; i <= kills; i++) {
        int number = i;
        all.add(killers.submit(() -> scene.kill(stage, number, killed)));
      }
      for (Future<?> one : all) one.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("expected to measure, but the measurement itself failed", e.getCause());
    }
    var after = new After(killed);
    taken.tell(database, after);
    var begun = new After(killed);
    for (LedgerEntry entry : LedgerFile.read(effects).calls()) {
      if (entry.call().worker().equals(HEIR)) begun.kill(entry.call().runId(), entry.at());
    }
    return new Result(database.toString(), timings.recoveryBound(), after.all(), begun.all());
  }

  /** A victim begins its step, somebody else waits for work, the victim is killed, and the step begins again. */
  private static void kill(Stage stage, int number, Map<String, Instant> killed) {
    String queue = "queue-" + number;
    WorkflowHandle run = PawlClient.on(stage.engine.control()).queue(queue).start(TYPE, "run-of-" + queue, "");
    String id = run.describe().run().toString();
    try (JavaProcess victim = stage.victim(Victim.class, queue)) {
      stage.begun(id, 1);
      try (Worker heir = work(stage.engine, queue, stage.ledger, HEIR, false)) {
        killed.put(id, InstantSource.system().instant());
        victim.kill9();
        stage.begun(id, 2);
        run.result(String.class, SOON);
      }
    }
  }

  /** As the engine's ledger says. */
  private static void taken(Database database, After after) {
    try (Evidence evidence = Evidence.in(database.dataSource()).open()) {
      for (Row note : evidence.notes()) {
        if (!note.text("what").equals("LEASE_REVOKED")) continue;
        after.kill(note.text("run_id"), Instant.EPOCH.plus(note.number("at"), ChronoUnit.MICROS));
      }
    }
  }
}
