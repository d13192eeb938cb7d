package dev.pawl.chaos.errand;

import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.job.Checked;
import dev.pawl.sdk.job.JobContext;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.worker.JobWorker;
import dev.pawl.testbed.ledger.EffectCall;
import dev.pawl.testbed.ledger.LedgerClient;
import dev.pawl.testbed.ledger.Verdict;
import java.time.Duration;

/** Runs errands. */
public final class ErrandWorker {
  /** The exit code of a process that an errand has ended; the same as that of programs. */
  private static final int ENDED = 86;
  private static final Duration SOON = Duration.ofMillis(100);

  private ErrandWorker() {}

  /** Starts to work. @param ledger where errands have their effects */
  public static JobWorker start(WorkerApi sessions, JobWorkApi jobs, LedgerClient ledger, String name) {
    return JobWorker.on(sessions, jobs)
        .handler(Jobs.handler(Errand.TYPE, String.class, (job, text) -> run(job, Errand.parse(text), ledger, name))
            .check((job, ref) -> job.epoch() % 3 == 0 ? Checked.done(null) : Checked.pending(SOON)))
        .settings(set -> {
          set.name = name;
          set.concurrency = 20;
          set.patience = Duration.ofSeconds(1);
          set.drain = Duration.ofSeconds(5);
        })
        .start();
  }

  private static void run(JobContext job, Errand errand, LedgerClient ledger, String name) throws Exception {
    Verdict verdict = ledger.call(new EffectCall(job.effectKey(), job.key(), job.id().toString(), 0, job.attempt(),
        job.epoch(), name, errand.amount()));
    if (verdict == Verdict.FAILED) throw new IllegalStateException("the world refused");
    if (errand.deadly() && job.epoch() == 1) Runtime.getRuntime().halt(ENDED);
    if (job.attempt() <= errand.fails()) throw new IllegalStateException("it fails in its attempt " + job.attempt());
    for (int i = 1; i <= errand.children(); i++) job.spawn(errand.child(i).under(Errand.childOf(job.key(), i)));
    if (errand.outside()) job.awaits("order of " + job.key());
    else job.result(name);
  }
}
