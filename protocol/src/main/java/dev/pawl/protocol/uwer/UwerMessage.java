package dev.pawl.protocol.uwer;

import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.NodeState;
import dev.pawl.core.job.Stage;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an envelope can carry. */
public sealed interface UwerMessage {

  /** The {@code kind} of the envelope. */
  String kind();

  record Submit(UwerTask task) implements UwerMessage {
    @Override
    public String kind() {
      return "task.submit";
    }
  }

  record Grant(
      JobId task,
      long epoch,
      Stage stage,
      int attempt,
      long leaseTimeoutMs,
      long executionTimeoutMs,
      @Nullable String externalRef,
      UwerTask content)
      implements UwerMessage {
    @Override
    public String kind() {
      return "lease.grant";
    }
  }

  /** @param progress the handler's own count */
  record LeaseRef(JobId task, long epoch, @Nullable Stage stage, @Nullable Long progress) {}

  /** @param types what the node can handle; null: as it said before */
  record Heartbeat(
      String nodeId,
      SessionId session,
      long seq,
      NodeState state,
      long capacity,
      @Nullable List<String> types,
      List<LeaseRef> leases)
      implements UwerMessage {
    public Heartbeat {
      types = types == null ? null : List.copyOf(types);
      leases = List.copyOf(leases);
    }

    @Override
    public String kind() {
      return "node.heartbeat";
    }
  }

  /**
   * @param lost leases that have ended without the node's word
   * @param cancel leases whose holder should stop
   */
  record HeartbeatAck(
      long seq,
      Instant storeTime,
      List<LeaseRef> renewed,
      List<LeaseRef> lost,
      List<LeaseRef> cancel,
      boolean mustSync)
      implements UwerMessage {
    public HeartbeatAck {
      renewed = List.copyOf(renewed);
      lost = List.copyOf(lost);
      cancel = List.copyOf(cancel);
    }

    @Override
    public String kind() {
      return "node.heartbeat.ack";
    }
  }

  enum Outcome {
    OK,
    OK_EXTERNAL,
    CHECK_OK,
    CHECK_PENDING,
    CHECK_REJECTED,
    ERR_RETRY,
    ERR_FATAL,
    ABANDON
  }

  record Commit(
      JobId task,
      long epoch,
      SessionId session,
      Outcome outcome,
      String resultDigest,
      @Nullable UwerPayload result,
      @Nullable String externalRef,
      @Nullable JobError error,
      @Nullable Long retryAfterMs,
      List<UwerTask> spawn)
      implements UwerMessage {
    public Commit {
      spawn = List.copyOf(spawn);
    }

    /** What the engine is asked for. The reader has seen to it that the outcome has what it needs. */
    public CommitJob request() {
      JobError why = error == null ? JobError.of(UwerCode.INTERNAL, null) : error;
      Payload value = result == null ? null : result.decoded();
      Duration wish = retryAfterMs == null ? null : Duration.ofMillis(retryAfterMs);
      JobOutcome what = switch (outcome) {
        case OK -> new JobOutcome.Ok(value);
        case OK_EXTERNAL -> new JobOutcome.OkExternal(externalRef == null ? "" : externalRef);
        case CHECK_OK -> new JobOutcome.CheckOk(value);
        case CHECK_PENDING -> new JobOutcome.CheckPending(wish);
        case CHECK_REJECTED -> new JobOutcome.CheckRejected(why, wish);
        case ERR_RETRY -> new JobOutcome.ErrRetry(why, wish);
        case ERR_FATAL -> new JobOutcome.ErrFatal(why);
        case ABANDON -> new JobOutcome.Abandon();
      };
      return new CommitJob(task, epoch, session, what, resultDigest, spawn.stream().map(UwerTask::spec).toList());
    }

    @Override
    public String kind() {
      return "lease.commit";
    }
  }

  record CommitAck(
      JobId task, long epoch, boolean accepted, boolean replayed, JobPhase phase, @Nullable JobError error)
      implements UwerMessage {

    public static CommitAck accepted(CommitJob.Ack ack) {
      return new CommitAck(ack.job(), ack.epoch(), true, ack.replayed(), ack.phase(), null);
    }

    /** @param phase of the job as it is; a job that does not exist is answered with an error instead */
    public static CommitAck refused(CommitJob commit, JobPhase phase, JobDecision.Refused<?> no) {
      return new CommitAck(commit.job(), commit.epoch(), false, false, phase,
          new UwerProblem(no.code(), no.message(), no.pointer()).error());
    }

    @Override
    public String kind() {
      return "lease.commit.ack";
    }
  }

  record Failed(JobError error) implements UwerMessage {
    /** Reads an error from a value. @param at where it stands, as a JSON pointer */
    public static Parsed<JobError> read(Json value, String at) {
      return Parsed.of(() -> EnvelopeReader.error(value, at));
    }

    @Override
    public String kind() {
      return "error";
    }
  }
}
