package dev.pawl.server.job;

import dev.pawl.core.job.JobError;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.protocol.uwer.LegacyReply;
import dev.pawl.protocol.uwer.UwerMessage;
import dev.pawl.protocol.uwer.UwerProblem;
import dev.pawl.server.http.Envelope;
import dev.pawl.server.http.Incoming;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How the plane of jobs refuses: with a code of the job contract, in the form that the caller speaks. */
public final class UwerAnswers implements Envelope {
  /** What a caller that was turned away waits before it comes again, in seconds. */
  private static final String PAUSE = "1";

  /** A refusal with a code. @param pointer to the offending place of the document; null: it is about none */
  static Refusal refusal(UwerCode code, String message, @Nullable String pointer) {
    return new Refusal(code.httpStatus(), code.wire(), message, "pointer", pointer);
  }

  static Refusal refusal(UwerProblem problem) {
    return refusal(problem.code(), problem.detail(), problem.pointer());
  }

  @Override
  public Reply wrap(Route route, Map<String, String> parameters, Reply reply) {
    return reply;
  }

  @Override
  public Map<String, String> headers(@Nullable Route route) {
    return Map.of();
  }

  @Override
  public void version(Route route, Incoming request) {
    // The documents themselves say which version they are.
  }

  @Override
  public Reply refusal(@Nullable Route route, Map<String, String> parameters, Incoming request, Refusal refusal) {
    UwerCode code = code(refusal);
    String pointer = refusal.more().get("pointer") instanceof String text ? text : firstField(refusal);
    JobError error = new UwerProblem(code, refusal.message(), pointer).error();
    Reply reply = Form.of(request) == Form.XML
        ? Reply.text(code.httpStatus(), LegacyReply.error(error), Form.XML.contentType())
        : Reply.text(code.httpStatus(), envelope(new UwerMessage.Failed(error)).write(), Form.JSON.contentType());
    return code == UwerCode.ADMISSION_REFUSED ? reply.header("Retry-After", PAUSE) : reply;
  }

  static Json envelope(UwerMessage message) {
    return envelope(message, null);
  }

  static Json envelope(UwerMessage message, @Nullable String traceparent) {
    return new dev.pawl.protocol.uwer.Envelope(
        dev.pawl.protocol.uwer.Envelope.VERSION, UUID.randomUUID(), traceparent, message).json();
  }

  private static @Nullable String firstField(Refusal refusal) {
    for (String field : dev.pawl.server.json.Json.object(refusal.more().get("errors")).keySet()) return "/" + field;
    return null;
  }

  private static UwerCode code(Refusal refusal) {
    return UwerCode.parse(refusal.reason()).orElseGet(() -> switch (refusal.status()) {
      case 400, 422 -> UwerCode.SCHEMA_VIOLATION;
      case 401 -> UwerCode.UNAUTHENTICATED;
      case 403 -> UwerCode.FORBIDDEN;
      case 404 -> UwerCode.NOT_FOUND;
      case 413 -> UwerCode.TOO_LARGE;
      case 415 -> UwerCode.UNSUPPORTED_VERSION;
      case 429 -> UwerCode.ADMISSION_REFUSED;
      default -> UwerCode.INTERNAL;
    });
  }

  @Override
  public @Nullable Refusal translate(Route route, RuntimeException problem) {
    if (problem instanceof JobRefusedException no) return refusal(no.code(), no.why(), no.pointer());
    if (!(problem instanceof RejectedException rejected)) return null;
    Rejection why = rejected.rejection();
    return refusal(code(why.code()), why.message(), pointer(why));
  }

  private static @Nullable String pointer(Rejection why) {
    if (why.code() == Rejection.Code.NAMESPACE_NOT_FOUND) return "/body/namespace";
    String field = why.field();
    return field == null ? null : "/" + String.join("/", List.of(field.split("\\.")));
  }

  /** What a rejection of the engine is called here. */
  static UwerCode code(Rejection.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT, LIMIT_EXCEEDED, NAMESPACE_NOT_FOUND -> UwerCode.SCHEMA_VIOLATION;
      case PAYLOAD_TOO_LARGE -> UwerCode.TOO_LARGE;
      case FORBIDDEN -> UwerCode.FORBIDDEN;
      case TASK_NOT_FOUND, RUN_NOT_FOUND -> UwerCode.NOT_FOUND;
      case RUN_CORRUPT -> UwerCode.ILLEGAL_TRANSITION;
      case SESSION_LOST -> UwerCode.SESSION_LOST;
      case LEASE_LOST -> UwerCode.STALE_EPOCH;
      case OVERLOADED, INBOX_FULL -> UwerCode.ADMISSION_REFUSED;
      case STORE_UNAVAILABLE -> UwerCode.STORE_UNAVAILABLE;
      case SHUTTING_DOWN -> UwerCode.DRAINING;
      case WAIT_TIMED_OUT -> UwerCode.OUTCOME_UNKNOWN;
      default -> UwerCode.INTERNAL;
    };
  }
}
