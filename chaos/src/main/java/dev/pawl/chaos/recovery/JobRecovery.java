package dev.pawl.chaos.recovery;

import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.payload.JsonConverter;
import dev.pawl.sdk.worker.JobWorker;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.check.Evidence;
import dev.pawl.testbed.check.Row;
import dev.pawl.testbed.ledger.EffectCall;
import dev.pawl.testbed.ledger.LedgerClient;
import dev.pawl.testbed.process.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** O3: the same as {@link Recovery} for jobs: nodes are killed with a job in hand, each of a type of its own. */
public final class JobRecovery {
  private static final Instant CREATED = Instant.parse("2027-01-01T00:00:00Z");

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
    return Recovery.measure(database, leases, kills, atOnce, folder, JobRecovery::kill, JobRecovery::taken);
  }

  private static void kill(Recovery.Stage stage, int number, Map<String, Instant> killed) {
    String type = "held.number-" + number;
    String key = "of-" + type;
    // With the end of a key before it and its own behind it, so that number-1 is not number-10.
    String call = "/" + type + "/";
    stage.engine().jobs().submit(List.of(JobApi.Submission.of(
        Jobs.spec("default", JsonConverter.standard(), CREATED, Jobs.job(type, key, null))))).getFirst().get();
    try (JavaProcess victim = stage.victim(Victim.class, type)) {
      stage.begun(call, 1);
      try (JobWorker heir = work(stage.engine(), type, stage.ledger(), Recovery.HEIR, false)) {
        killed.put(key, InstantSource.system().instant());
        victim.kill9();
        stage.begun(call, 2);
      }
    }
  }

  /** As the jobs' ledger says. */
  private static void taken(Database database, Recovery.After after) {
    try (Evidence evidence = Evidence.in(database.dataSource()).open()) {
      for (Row line : evidence.rows("""
          select j.job_key, l.at from pawl_jobs j, pawl_job_ledger l
          where l.job_id = j.job_id and l.event = 'NODE_LOST' and l.ord = 0""")) {
        after.kill(line.text("job_key"), Instant.EPOCH.plus(line.number("at"), ChronoUnit.MICROS));
      }
    }
  }
}
