package dev.pawl.chaos;

import dev.pawl.chaos.errand.Errand;
import dev.pawl.chaos.node.Node;
import dev.pawl.chaos.node.NodeProcess;
import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.ledger.EffectCall;
import dev.pawl.testbed.ledger.LedgerClient;
import java.time.Duration;
import java.util.List;

/** Takes one job and says what it has to say about it, without ever asking itself whether the job is still its own. */
final class BareHand {
  static final String ANSWERED = "answered ";

  private BareHand() {}

  /** @param args database, port of the jobs' ledger */
  public static void main(String[] args) throws Exception {
    PawlEngine engine = PawlEngine.open(args[0], Node::settings);
    SessionId session = SessionId.random();
    engine.worker().open(new WorkerApi.OpenSession(session, "bare", 1, null));
    System.out.println(NodeProcess.READY);
    JobGrant grant = engine.jobWork().poll(
        new JobWorkApi.Poll(session, "default", List.of(Errand.TYPE), 1, Duration.ofSeconds(60))).getFirst();
    new LedgerClient(Integer.parseInt(args[1])).call(new EffectCall(grant.job().effectKey(), grant.job().spec().key(),
        grant.job().id().toString(), 0, 1, grant.job().epoch(), "bare", 5));
    JobError error = new JobError("UWER-5000", "Internal error", "the shelf fell down", true, null);
    for (JobOutcome outcome : List.of(new JobOutcome.Abandon(), new JobOutcome.ErrRetry(error, null),
        new JobOutcome.Ok(Payload.json("\"bare\"")))) {
      JobAnswer<CommitJob.Ack> answer =
          engine.jobWork().report(List.of(JobWorkApi.Report.of(grant, session, outcome, List.of()))).getFirst();
      System.out.println(ANSWERED + (answer instanceof JobAnswer.Refused<?> no ? no.code().wire() : "yes"));
    }
    System.exit(0);
  }
}
