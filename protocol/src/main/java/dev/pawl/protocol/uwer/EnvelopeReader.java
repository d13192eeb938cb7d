package dev.pawl.protocol.uwer;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.NodeState;
import dev.pawl.core.job.Stage;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads envelopes. Says what the schema says, and a little more: base64 must decode, integers have 64 bits. */
final class EnvelopeReader {
  static final Pattern NAMESPACE = Pattern.compile("[a-z][a-z0-9-]{0,62}");
  static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)*");
  static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{7,127}");
  static final Pattern CONTENT_TYPE = Pattern.compile("[a-z]+/[a-z0-9.+-]+");
  static final Pattern SHA256 = Pattern.compile("sha-256:[0-9a-f]{64}");
  private static final Pattern VERSION = Pattern.compile("5\\.[0-9]+");
  private static final Pattern ANY_VERSION = Pattern.compile("[0-9]+(\\.[0-9]+)*");
  static final Pattern TRACEPARENT = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
  private static final Pattern EXTENSION = Pattern.compile("[a-z0-9-]+(\\.[a-z0-9-]+)+");
  private static final Pattern CODE = Pattern.compile("UWER-[45][0-9]{3}");
  private static final int ANY_LENGTH = Integer.MAX_VALUE;
  private static final Set<NodeState> REPORTED =
      Set.of(NodeState.SYNC, NodeState.IDLE, NodeState.BUSY, NodeState.DRAINING);

  private EnvelopeReader() {}

  static Envelope read(Json document) {
    Fields fields = Fields.of(document, "");
    String version = fields.text("uwer", ANY_LENGTH);
    if (!VERSION.matcher(version).matches()) {
      throw ANY_VERSION.matcher(version).matches()
          ? new Refusal(UwerCode.UNSUPPORTED_VERSION, "expected version 5, got " + version, "/uwer")
          : Refusal.schema("expected a version like 5.0", "/uwer");
    }
    String kind = fields.text("kind", ANY_LENGTH);
    if (kind.equals("task.submit") && fields.find("body") instanceof Json.Obj body) keyed(body, "/body");
    Envelope envelope = new Envelope(version, fields.uuid("message_id"),
        fields.findText("traceparent", ANY_LENGTH, TRACEPARENT), message(kind, fields.fields("body")));
    fields.nothingElse();
    switch (envelope.message()) {
      case UwerMessage.Submit submit -> Digests.check(submit.task(), "/body");
      case UwerMessage.Commit commit -> {
        for (int i = 0; i < commit.spawn().size(); i++) Digests.check(commit.spawn().get(i), "/body/spawn/" + i);
      }
      default -> {}
    }
    return envelope;
  }

  private static UwerMessage message(String kind, Fields body) {
    UwerMessage message = switch (kind) {
      case "task.submit" -> new UwerMessage.Submit(task(body));
      case "lease.grant" -> grant(body);
      case "node.heartbeat" -> heartbeat(body);
      case "node.heartbeat.ack" -> heartbeatAck(body);
      case "lease.commit" -> commit(body);
      case "lease.commit.ack" -> commitAck(body);
      case "error" -> new UwerMessage.Failed(error(body));
      default -> throw Refusal.schema("there is no such kind of envelope", "/kind");
    };
    body.nothingElse();
    return message;
  }

  /** A task without a key is refused before anything else about it is judged. */
  private static void keyed(Json.Obj task, String at) {
    Json key = task.members().get("idempotency_key");
    boolean missing = key == null || key instanceof Json.Null || (key instanceof Json.Str text && text.value().isBlank());
    if (missing) {
      throw new Refusal(UwerCode.KEY_MISSING, "every task needs an idempotency key", at + "/idempotency_key");
    }
  }

  /** A task of its own, as it is stored: the body of a submission. */
  static UwerTask task(Json value, String at) {
    Fields fields = Fields.of(value, at);
    keyed(fields.object(), at);
    UwerTask task = task(fields);
    fields.nothingElse();
    return task;
  }

  private static UwerTask task(Fields fields) {
    Long priority = fields.findNumber("priority", 0, 9);
    String correlation = fields.findText("correlation_id", 128);
    if (correlation != null && correlation.isEmpty()) {
      throw Refusal.schema("expected 1 character or more", fields.pointer("correlation_id"));
    }
    return new UwerTask(
        fields.text("type", 128, TYPE),
        fields.text("namespace", ANY_LENGTH, NAMESPACE),
        fields.text("idempotency_key", ANY_LENGTH, KEY),
        correlation,
        priority == null ? UwerTask.STANDARD_PRIORITY : priority.intValue(),
        fields.instant("created_at"),
        fields.findInstant("not_before"),
        fields.findInstant("deadline"),
        lease(fields.findFields("lease")),
        retry(fields.findFields("retry")),
        check(fields.findFields("check")),
        payload(fields.fields("payload")),
        extensions(fields.findFields("ext")));
  }

  private static UwerTask.@Nullable Lease lease(@Nullable Fields fields) {
    if (fields == null) return null;
    UwerTask.Lease lease = new UwerTask.Lease(
        fields.findNumber("lease_timeout_ms", 3_000, 900_000),
        fields.findNumber("progress_timeout_ms", 60_000, 1_800_000),
        fields.findNumber("execution_timeout_ms", 1_000, 86_400_000));
    fields.nothingElse();
    return lease;
  }

  private static UwerTask.@Nullable Retry retry(@Nullable Fields fields) {
    if (fields == null) return null;
    UwerTask.Retry retry = new UwerTask.Retry(
        profile(fields.text("profile", ANY_LENGTH), fields.pointer("profile")),
        integer(fields.findNumber("max_attempts", 1, 100)));
    fields.nothingElse();
    return retry;
  }

  static BackoffProfile profile(String name, String pointer) {
    for (BackoffProfile profile : BackoffProfile.values()) {
      if (profile.name().toLowerCase(Locale.ROOT).equals(name)) return profile;
    }
    throw Refusal.schema("expected none, fast, standard or slow", pointer);
  }

  private static UwerTask.@Nullable Check check(@Nullable Fields fields) {
    if (fields == null) return null;
    UwerTask.Check check = new UwerTask.Check(
        fields.findNumber("poll_ms", 1_000, 900_000), integer(fields.findNumber("max_checks", 1, 10_000)));
    fields.nothingElse();
    return check;
  }

  private static @Nullable Integer integer(@Nullable Long value) {
    return value == null ? null : value.intValue();
  }

  static UwerPayload payload(Json value, String at) {
    return payload(Fields.of(value, at));
  }

  static JobError error(Json value, String at) {
    return nestedError(Fields.of(value, at));
  }

  private static UwerPayload payload(Fields fields) {
    String contentType = fields.text("content_type", 127, CONTENT_TYPE);
    String schema = fields.findUri("schema");
    String digest = fields.findText("digest", ANY_LENGTH, SHA256);
    Json data = fields.find("data");
    String base64 = fields.findText("base64", ANY_LENGTH);
    fields.nothingElse();
    if (data != null && base64 == null) {
      return new UwerPayload(contentType, schema, digest, new UwerPayload.Content.Data(data));
    }
    if (data != null || base64 == null) throw Refusal.schema("expected either data or base64", fields.pointer("data"));
    byte[] bytes = bytes(base64, fields.pointer("base64"));
    return new UwerPayload(contentType, schema, digest, new UwerPayload.Content.Bytes(bytes));
  }

  static byte[] bytes(String base64, String pointer) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (bytes.length > Payload.MAX_BYTES) {
        throw new Refusal(UwerCode.TOO_LARGE,
            "expected at most %d bytes, got %d".formatted(Payload.MAX_BYTES, bytes.length), pointer);
      }
      return bytes;
    } catch (IllegalArgumentException e) {
      throw Refusal.schema("expected base64", pointer);
    }
  }

  private static Map<String, Json> extensions(@Nullable Fields fields) {
    if (fields == null) return Map.of();
    Map<String, Json> members = fields.object().members();
    if (members.size() > 32) throw Refusal.schema("expected at most 32 extensions", fields.pointer(""));
    for (String name : members.keySet()) {
      if (!EXTENSION.matcher(name).matches()) {
        throw Refusal.schema("an extension's name has a dot and lower-case letters", fields.pointer(name));
      }
    }
    TaskTies.check(members, fields.at());
    return members;
  }

  private static UwerMessage.Grant grant(Fields fields) {
    return new UwerMessage.Grant(
        job(fields),
        fields.number("epoch", 1, Long.MAX_VALUE),
        fields.choice("stage", Stage.values()),
        (int) fields.number("attempt", 1, Integer.MAX_VALUE),
        fields.number("lease_timeout_ms", Long.MIN_VALUE, Long.MAX_VALUE),
        fields.number("execution_timeout_ms", Long.MIN_VALUE, Long.MAX_VALUE),
        fields.findText("external_ref", 512),
        task(fields.get("task"), fields.pointer("task")));
  }

  private static JobId job(Fields fields) {
    return new JobId(fields.uuid("task_id"));
  }

  private static UwerMessage.LeaseRef leaseRef(Json value, String at) {
    Fields fields = Fields.of(value, at);
    UwerMessage.LeaseRef ref = new UwerMessage.LeaseRef(job(fields), fields.number("epoch", 1, Long.MAX_VALUE),
        fields.findChoice("stage", Stage.values()), fields.findNumber("progress", 0, Long.MAX_VALUE));
    fields.nothingElse();
    return ref;
  }

  private static UwerMessage.Heartbeat heartbeat(Fields fields) {
    NodeState state = fields.choice("state", NodeState.values());
    if (!REPORTED.contains(state)) throw Refusal.schema("a node does not report that", fields.pointer("state"));
    return new UwerMessage.Heartbeat(
        fields.text("node_id", 128),
        new SessionId(fields.uuid("session_id")),
        fields.number("seq", 1, Long.MAX_VALUE),
        state,
        fields.number("capacity", 0, Long.MAX_VALUE),
        fields.findList("types", Integer.MAX_VALUE, EnvelopeReader::typeName),
        fields.list("leases", 10_000, EnvelopeReader::leaseRef));
  }

  private static String typeName(Json value, String at) {
    boolean good = value instanceof Json.Str name && name.value().length() <= 128 && TYPE.matcher(name.value()).matches();
    if (good) return ((Json.Str) value).value();
    throw Refusal.schema("expected the name of a type", at);
  }

  private static UwerMessage.HeartbeatAck heartbeatAck(Fields fields) {
    List<UwerMessage.LeaseRef> cancel = fields.findList("cancel", Integer.MAX_VALUE, EnvelopeReader::leaseRef);
    return new UwerMessage.HeartbeatAck(
        fields.number("seq", Long.MIN_VALUE, Long.MAX_VALUE),
        fields.instant("store_time"),
        fields.list("renewed", Integer.MAX_VALUE, EnvelopeReader::leaseRef),
        fields.list("lost", Integer.MAX_VALUE, EnvelopeReader::leaseRef),
        cancel == null ? List.of() : cancel,
        fields.bool("must_sync", false));
  }

  private static UwerMessage.Commit commit(Fields fields) {
    Fields result = fields.findFields("result");
    Fields error = fields.findFields("error");
    List<UwerTask> spawn = fields.findList("spawn", 1_000, EnvelopeReader::task);
    UwerMessage.Commit commit = new UwerMessage.Commit(
        job(fields),
        fields.number("epoch", 1, Long.MAX_VALUE),
        new SessionId(fields.uuid("session_id")),
        fields.choice("outcome", UwerMessage.Outcome.values()),
        fields.text("result_digest", ANY_LENGTH, SHA256),
        result == null ? null : payload(result),
        fields.findText("external_ref", 512),
        error == null ? null : nestedError(error),
        fields.findNumber("retry_after_ms", 0, 1_800_000),
        spawn == null ? List.of() : spawn);
    switch (commit.outcome()) {
      case OK_EXTERNAL -> fields.get("external_ref");
      case ERR_RETRY, ERR_FATAL, CHECK_REJECTED -> fields.get("error");
      default -> {}
    }
    return commit;
  }

  private static UwerMessage.CommitAck commitAck(Fields fields) {
    Fields error = fields.findFields("error");
    return new UwerMessage.CommitAck(
        job(fields),
        fields.number("epoch", 1, Long.MAX_VALUE),
        fields.bool("accepted"),
        fields.bool("replayed", false),
        fields.choice("phase", JobPhase.values()),
        error == null ? null : nestedError(error));
  }

  private static JobError nestedError(Fields fields) {
    JobError error = error(fields);
    fields.nothingElse();
    return error;
  }

  private static JobError error(Fields fields) {
    return new JobError(
        fields.text("code", ANY_LENGTH, CODE),
        fields.text("title", 120),
        fields.findText("detail", 4_000),
        fields.bool("retryable"),
        fields.findText("pointer", ANY_LENGTH));
  }
}
