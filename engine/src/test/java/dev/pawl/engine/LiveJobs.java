package dev.pawl.engine;

import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RejectedException;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.worker.WorkerApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A worker of jobs on its own thread. Every seventh job fails at its first attempt. */
final class LiveJobs implements AutoCloseable {
  private final PawlEngine pawl;
  private final SessionId session = SessionId.random();
  private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::work);
  private volatile boolean closing;
  private long beats;

  LiveJobs(PawlEngine pawl) {
    this.pawl = pawl;
    pawl.worker().open(new WorkerApi.OpenSession(session, "live", 100, null));
    thread.start();
  }

  private void work() {
    while (!closing) {
      try {
        List<JobGrant> grants = pawl.jobWork().poll(
            new JobWorkApi.Poll(session, "default", List.of("test.job"), 20, Duration.ofMillis(200)));
        pawl.worker().heartbeat(new WorkerApi.Heartbeat(
            session, ++beats, "BUSY", grants.stream().map(JobGrant::token).toList(), List.of()));
        List<JobWorkApi.Report> reports = new ArrayList<>();
        for (JobGrant grant : grants) {
          boolean fails = grant.job().attempt() == 1 && grant.job().spec().key().hashCode() % 7 == 0;
          JobOutcome outcome = fails ? new JobOutcome.ErrRetry(JobHand.FAULT, null) : new JobOutcome.Ok(null);
          reports.add(JobWorkApi.Report.of(grant, session, outcome, List.of()));
        }
        pawl.jobWork().report(reports);
      } catch (RejectedException stops) {
        if (closing) return;
        throw stops;
      }
    }
  }

  @Override
  public void close() {
    closing = true;
    EngineFixture.join(thread);
  }
}
