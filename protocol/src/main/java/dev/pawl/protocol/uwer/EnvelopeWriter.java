package dev.pawl.protocol.uwer;

import dev.pawl.core.job.JobError;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes envelopes; what is null or as the schema's default has it is left out. */
final class EnvelopeWriter {
  private EnvelopeWriter() {}

  static Json envelope(Envelope envelope) {
    Members members = new Members()
        .put("uwer", envelope.version())
        .put("kind", envelope.message().kind())
        .put("message_id", envelope.messageId().toString())
        .put("traceparent", envelope.traceparent());
    members.map.put("body", body(envelope.message()));
    return members.object();
  }

  private static Json body(UwerMessage message) {
    return switch (message) {
      case UwerMessage.Submit submit -> task(submit.task());
      case UwerMessage.Grant grant -> grant(grant);
      case UwerMessage.Heartbeat beat -> heartbeat(beat);
      case UwerMessage.HeartbeatAck ack -> heartbeatAck(ack);
      case UwerMessage.Commit commit -> new Json.Obj(commit(commit));
      case UwerMessage.CommitAck ack -> commitAck(ack);
      case UwerMessage.Failed failed -> error(failed.error());
    };
  }

  static Json task(UwerTask task) {
    Members members = new Members()
        .put("type", task.type())
        .put("namespace", task.namespace())
        .put("idempotency_key", task.idempotencyKey())
        .put("correlation_id", task.correlationId());
    if (task.priority() != UwerTask.STANDARD_PRIORITY) members.put("priority", (long) task.priority());
    members.put("created_at", task.createdAt())
        .put("not_before", task.notBefore())
        .put("deadline", task.deadline());
    UwerTask.Lease lease = task.lease();
    if (lease != null) {
      members.put("lease", new Members()
          .put("lease_timeout_ms", lease.leaseTimeoutMs())
          .put("progress_timeout_ms", lease.progressTimeoutMs())
          .put("execution_timeout_ms", lease.executionTimeoutMs()).object());
    }
    UwerTask.Retry retry = task.retry();
    if (retry != null) {
      Integer attempts = retry.maxAttempts();
      members.put("retry", new Members()
          .put("profile", retry.profile().name().toLowerCase(Locale.ROOT))
          .put("max_attempts", attempts == null ? null : attempts.longValue()).object());
    }
    UwerTask.Check check = task.check();
    if (check != null) {
      Integer checks = check.maxChecks();
      members.put("check", new Members()
          .put("poll_ms", check.pollMs())
          .put("max_checks", checks == null ? null : checks.longValue()).object());
    }
    members.put("payload", payload(task.payload(), true));
    if (!task.extensions().isEmpty()) members.put("ext", new Json.Obj(task.extensions()));
    return members.object();
  }

  static Json payload(UwerPayload payload, boolean withDigest) {
    Members members = new Members()
        .put("content_type", payload.contentType())
        .put("schema", payload.schema())
        .put("digest", withDigest ? payload.digest() : null);
    return switch (payload.content()) {
      case UwerPayload.Content.Data data -> members.put("data", data.value()).object();
      case UwerPayload.Content.Bytes raw ->
          members.put("base64", Base64.getEncoder().encodeToString(raw.bytes())).object();
    };
  }

  private static Json grant(UwerMessage.Grant grant) {
    return new Members()
        .put("task_id", grant.task().toString())
        .put("epoch", grant.epoch())
        .put("stage", grant.stage().name())
        .put("attempt", (long) grant.attempt())
        .put("lease_timeout_ms", grant.leaseTimeoutMs())
        .put("execution_timeout_ms", grant.executionTimeoutMs())
        .put("external_ref", grant.externalRef())
        .put("task", task(grant.content())).object();
  }

  private static Json leaseRef(UwerMessage.LeaseRef ref) {
    return new Members()
        .put("task_id", ref.task().toString())
        .put("epoch", ref.epoch())
        .put("stage", ref.stage() == null ? null : ref.stage().name())
        .put("progress", ref.progress()).object();
  }

  private static Json leaseRefs(List<UwerMessage.LeaseRef> refs) {
    return new Json.Arr(refs.stream().map(EnvelopeWriter::leaseRef).toList());
  }

  private static Json heartbeat(UwerMessage.Heartbeat beat) {
    List<String> types = beat.types();
    return new Members()
        .put("node_id", beat.nodeId())
        .put("session_id", beat.session().toString())
        .put("seq", beat.seq())
        .put("state", beat.state().name())
        .put("capacity", beat.capacity())
        .put("types", types == null ? null : new Json.Arr(types.stream().<Json>map(Json.Str::new).toList()))
        .put("leases", leaseRefs(beat.leases())).object();
  }

  private static Json heartbeatAck(UwerMessage.HeartbeatAck ack) {
    return new Members()
        .put("seq", ack.seq())
        .put("store_time", ack.storeTime())
        .put("renewed", leaseRefs(ack.renewed()))
        .put("lost", leaseRefs(ack.lost()))
        .put("cancel", ack.cancel().isEmpty() ? null : leaseRefs(ack.cancel()))
        .put("must_sync", ack.mustSync() ? new Json.Bool(true) : null).object();
  }

  static Map<String, Json> commit(UwerMessage.Commit commit) {
    UwerPayload result = commit.result();
    JobError error = commit.error();
    return new Members()
        .put("task_id", commit.task().toString())
        .put("epoch", commit.epoch())
        .put("session_id", commit.session().toString())
        .put("outcome", commit.outcome().name())
        .put("result_digest", commit.resultDigest())
        .put("result", result == null ? null : payload(result, true))
        .put("external_ref", commit.externalRef())
        .put("error", error == null ? null : error(error))
        .put("retry_after_ms", commit.retryAfterMs())
        .put("spawn", commit.spawn().isEmpty()
            ? null
            : new Json.Arr(commit.spawn().stream().map(EnvelopeWriter::task).toList())).map;
  }

  private static Json commitAck(UwerMessage.CommitAck ack) {
    JobError error = ack.error();
    return new Members()
        .put("task_id", ack.task().toString())
        .put("epoch", ack.epoch())
        .put("accepted", new Json.Bool(ack.accepted()))
        .put("replayed", ack.replayed() ? new Json.Bool(true) : null)
        .put("phase", ack.phase().name())
        .put("error", error == null ? null : error(error)).object();
  }

  static Json error(JobError error) {
    return new Members()
        .put("code", error.code())
        .put("title", error.title())
        .put("detail", error.detail())
        .put("retryable", new Json.Bool(error.retryable()))
        .put("pointer", error.pointer()).object();
  }

  /** Members in the making; null is left out. */
  private static final class Members {
    private final Map<String, Json> map = new LinkedHashMap<>();

    Members put(String name, @Nullable String value) {
      return put(name, value == null ? null : new Json.Str(value));
    }

    Members put(String name, @Nullable Long value) {
      return put(name, value == null ? null : new Json.Num(value.toString()));
    }

    Members put(String name, @Nullable Instant value) {
      return put(name, value == null ? null : value.toString());
    }

    Members put(String name, @Nullable Json value) {
      if (value != null) map.put(name, value);
      return this;
    }

    Json object() {
      return new Json.Obj(map);
    }
  }
}
