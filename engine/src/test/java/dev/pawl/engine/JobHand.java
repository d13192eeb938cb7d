package dev.pawl.engine;

import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.worker.WorkerApi;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A worker of jobs by hand: the test is its handler. */
final class JobHand {
  static final JobError FAULT = new JobError("UWER-5000", "Internal error", "the shelf fell down", true, null);

  final PawlEngine pawl;
  final SessionId session = SessionId.random();
  private long beats;

  JobHand(PawlEngine pawl) {
    this.pawl = pawl;
    pawl.worker().open(new WorkerApi.OpenSession(session, "hand", 100, null));
  }

  List<JobGrant> take(int max, String... types) {
    return pawl.jobWork().poll(new JobWorkApi.Poll(session, "default", List.of(types), max, Duration.ZERO));
  }

  /** The one job that is due. */
  JobGrant take() {
    List<JobGrant> grants = take(10, "test.job");
    if (grants.size() != 1) throw new AssertionError("expected one job that is due, got " + grants);
    return grants.getFirst();
  }

  JobAnswer<CommitJob.Ack> report(JobGrant grant, JobOutcome outcome) {
    return pawl.jobWork().report(List.of(JobWorkApi.Report.of(grant, session, outcome, List.of()))).getFirst();
  }

  JobAnswer<CommitJob.Ack> ok(JobGrant grant) {
    return report(grant, new JobOutcome.Ok(Payload.json("\"done\"")));
  }

  JobAnswer<CommitJob.Ack> fail(JobGrant grant) {
    return report(grant, new JobOutcome.ErrRetry(FAULT, null));
  }

  WorkerApi.HeartbeatAck beat(JobGrant... holding) {
    return pawl.worker().heartbeat(new WorkerApi.Heartbeat(session, ++beats, "BUSY",
        Arrays.stream(holding).map(JobGrant::token).toList(), List.of()));
  }

  /** It wants no more work. */
  void drain() {
    pawl.worker().heartbeat(new WorkerApi.Heartbeat(session, ++beats, "DRAINING", List.of(), List.of()));
  }

  // ---- what is handed in

  static JobId submit(PawlEngine pawl, JobSpec spec) {
    return pawl.jobs().submit(List.of(JobApi.Submission.of(spec))).getFirst().get().job();
  }

  static SubmitJob.Submitted submitted(PawlEngine pawl, JobSpec spec) {
    return pawl.jobs().submit(List.of(JobApi.Submission.of(spec))).getFirst().get();
  }

  static JobState state(PawlEngine pawl, JobId job) {
    return pawl.jobs().get("default", job).orElseThrow();
  }

  static JobSpec spec(String key) {
    return spec("test.job", key, "{}", 5, null, null);
  }

  static JobSpec spec(String type, String key, String payload, int priority, @Nullable Instant notBefore,
      @Nullable Instant deadline) {
    return spec(type, key, payload, priority, notBefore, deadline, LeaseTerms.STANDARD, RetryTerms.STANDARD,
        CheckTerms.STANDARD);
  }

  static JobSpec spec(String type, String key, String payload, int priority, @Nullable Instant notBefore,
      @Nullable Instant deadline, LeaseTerms lease, RetryTerms retry, CheckTerms check) {
    return new JobSpec("default", type, key, digest(type + payload), null, priority,
        Instant.parse("2026-12-31T23:00:00Z"), notBefore, deadline, lease, retry, check, Payload.json(payload), null);
  }

  static JobSpec retrying(String key, RetryTerms retry) {
    return spec("test.job", key, "{}", 5, null, null, LeaseTerms.STANDARD, retry, CheckTerms.STANDARD);
  }

  static String digest(String of) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(of.getBytes(StandardCharsets.UTF_8));
      return "sha-256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static OperatorPapers papers() {
    return new OperatorPapers("ada", "admin", "cli", "OPS-123", OperatorPapers.Standing.NOT_ASKED,
        "the provider is back", "req-1", "grace");
  }

  static void refused(UwerCode code, JobAnswer<?> answer) {
    if (!(answer instanceof JobAnswer.Refused<?> no) || no.code() != code) {
      throw new AssertionError("expected " + code.wire() + ", got " + answer);
    }
  }
}
