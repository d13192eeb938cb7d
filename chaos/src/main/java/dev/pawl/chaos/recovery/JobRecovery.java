package dev.pawl.chaos.recovery;

import dev.pawl.chaos.node.NodeProcess;
import dev.pawl.chaos.node.Trial;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.payload.JsonConverter;
import dev.pawl.sdk.worker.JobWorker;
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

/** O3: the same as {@link Recovery} for jobs: nodes are killed with a job in hand, each of a type of its own. */
public final class JobRecovery {
  private static final String HEIR = "heir";
  private static final Instant CREATED = Instant.parse("2027-01-01T00:00:00Z");
  private static final Duration SOON = Duration.ofSeconds(90);

  private JobRecovery() {}

  private static JobWorker work(PawlEngine engine, String type, LedgerClient ledger, String name, boolean forEver) {
    return JobWorker.on(engine.worker(), engine.jobWork())
        .handler(Jobs.handler(type, Object.class, (job, nothing) -> {
          ledger.call(new EffectCall(job.effectKey(), "", job.key(), 0, job.attempt(), job.epoch(), name));
          if (forEver) new CountDownLatch(1).await();
        }))
        .settings(set -> set.patience = Duration.ofSeconds(1)).start();
  }

  /** The process that is killed. */
  public static final class Victim {
    private Victim() {}

    /** @param args database, ledger's port, type, leases */
    public static void main(String[] args) throws InterruptedException {
      PawlEngine engine = PawlEngine.open(args[0], config -> config.leases = Recovery.leases(args[3]));
      work(engine, args[2], new LedgerClient(Integer.parseInt(args[1])), "victim", true);
      new CountDownLatch(1).await();
    }
  }

  /** @see Recovery#measure */
  public static Recovery.Result measure(Database database, String leases, int kills, int atOnce, Path folder)
      throws InterruptedException {
    LeaseTimings timings = Recovery.leases(leases);
    Path effects = folder.resolve("effects");
    Map<String, Instant> killed = new ConcurrentHashMap<>();
    try (EffectLedger ledger = EffectLedger.open(effects);
        PawlEngine engine = PawlEngine.open(database.dataSource(), config -> config.leases = timings);
        var killers = Executors.newFixedThreadPool(atOnce)) {
      var scene = new Scene(NodeProcess.address(database), engine, new LedgerClient(ledger.port()), leases);
      List<Future<?>> all = new ArrayList<>();
      for (int i = 1; i <= kills; i++) {
        String type = "held.number-" + i;
        all.add(killers.submit(() -> scene.kill(type, killed)));
      }
      for (Future<?> one : all) one.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("expected to measure, but the measurement itself failed", e.getCause());
    }
    return new Recovery.Result(database.toString(), timings.recoveryBound(), taken(database, killed),
        times(LedgerFile.read(effects), killed));
  }

  private record Scene(String address, PawlEngine engine, LedgerClient ledger, String leases) {

    void kill(String type, Map<String, Instant> killed) {
      String key = "of-" + type;
      engine.jobs().submit(List.of(JobApi.Submission.of(
          Jobs.spec("default", JsonConverter.standard(), CREATED, Jobs.job(type, key, null))))).getFirst().get();
      try (JavaProcess victim = JavaProcess.of(Victim.class).likeIn(Trial.class).args(address, ledger.port(), type, leases).start()) {
        begun(type, 1);
        try (JobWorker heir = work(engine, type, ledger, HEIR, false)) {
          killed.put(key, InstantSource.system().instant());
          victim.kill9();
          begun(type, 2);
        }
      }
    }

    private void begun(String type, int times) {
      // With the end of a key before it and its own behind it, so that number-1 is not number-10.
      if (!ledger.awaitCalls(times, "/" + type + "/", SOON)) {
        throw new IllegalStateException("expected the job of %s to begin %d times".formatted(type, times));
      }
    }
  }

  /** When the dispatcher took the job from the dead, as the jobs' ledger says. */
  private static List<Duration> taken(Database database, Map<String, Instant> killed) {
    List<Duration> taken = new ArrayList<>();
    try (Evidence evidence = Evidence.in(database.dataSource()).open()) {
      for (Row line : evidence.rows("""
          select j.job_key, l.at from pawl_jobs j, pawl_job_ledger l
          where l.job_id = j.job_id and l.event = 'NODE_LOST' and l.ord = 0""")) {
        Instant at = killed.get(line.text("job_key"));
        if (at != null) taken.add(Duration.between(at, Instant.EPOCH.plus(line.number("at"), ChronoUnit.MICROS)));
      }
    }
    return Recovery.complete(taken, killed);
  }

  private static List<Duration> times(LedgerFile ledger, Map<String, Instant> killed) {
    List<Duration> times = new ArrayList<>();
    for (LedgerEntry entry : ledger.calls()) {
      if (entry.call().worker().equals(HEIR)) times.add(Duration.between(killed.get(entry.call().runId()), entry.at()));
    }
    return Recovery.complete(times, killed);
  }
}
