package dev.pawl.protocol.uwer;

import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.NodeState;
import dev.pawl.core.job.Stage;
import dev.pawl.core.task.SessionId;
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

    @Override
    public String kind() {
      return "lease.commit";
    }
  }

  record CommitAck(
      JobId task, long epoch, boolean accepted, boolean replayed, JobPhase phase, @Nullable JobError error)
      implements UwerMessage {
    @Override
    public String kind() {
      return "lease.commit.ack";
    }
  }

  record Failed(JobError error) implements UwerMessage {
    @Override
    public String kind() {
      return "error";
    }
  }
}
