package dev.pawl.server.wire;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.avro.AvroValue;
import dev.pawl.server.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Failures between the wire and the engine. What the engine has no word for (the full name of a class, a numeric code)
 * travels in the details, wrapped, and comes out again.
 */
public final class Faults {
  /** Codec of details that carry more than the worker's own details. */
  public static final String WRAPPED = AvroValue.FAILURE_CODEC;

  private static final String UNNAMED = "Exception";

  private Faults() {}

  /** A failure as a worker reports it. */
  public static Failure read(String field, Map<String, @Nullable Object> sent) {
    String message = Json.string(sent, "message", "");
    String kind = Json.string(sent, "kind");
    String type = Json.string(sent, "type");
    if (type == null) type = "timeout".equals(kind) ? Failure.TIMED_OUT : UNNAMED;
    boolean last = Json.flag(sent, "non_retryable") || Boolean.FALSE.equals(sent.get("retryable"));
    return of(field, type, message, Json.string(sent, "class"), Json.integer(sent, "code"),
        Json.string(sent, "stack_trace"), last, sent.get("details"));
  }

  /** A failure as a command of a program says it. */
  public static Failure ofCommand(String field, Map<String, @Nullable Object> command) {
    Map<String, @Nullable Object> exception = Json.object(command.get("exception"));
    String type = Json.string(command, "exception_type", Json.string(exception, "type", UNNAMED));
    String full = Json.string(command, "exception_class");
    return of(field, type, Json.string(command, "message", ""), full != null ? full : Json.string(exception, "class"),
        Json.integer(exception, "code"), Json.string(exception, "stack_trace"), Json.flag(command, "non_retryable"),
        exception.get("details"));
  }

  private static Failure of(String field, String type, String message, @Nullable String full, @Nullable Long code,
      @Nullable String stack, boolean last, @Nullable Object details) {
    Payload payload = Values.value(field + ".details", details);
    if (full != null || code != null) {
      payload = Payload.of(WRAPPED, Json.write(Json.of("class", full, "code", code, "details",
          Values.envelope(payload))));
    }
    return new Failure(type, message, stack, last, null, payload, null);
  }

  /** What an event says about a failure. */
  public static Map<String, @Nullable Object> fields(Failure failure) {
    Payload details = failure.details();
    String full = null;
    Long code = null;
    Object shown = Values.envelope(details);
    if (details != null && details.codec().equals(WRAPPED)) {
      Map<String, @Nullable Object> more = Json.stored(details.text());
      full = Json.string(more, "class");
      code = Json.integer(more, "code");
      shown = more.get("details");
    }
    Map<String, @Nullable Object> exception = Json.of("type", failure.type(), "class",
        full == null ? failure.type() : full,
        "message", failure.message(), "code", code == null ? 0L : code, "details", shown);
    if (shown != null) exception.put("details_payload_codec", "avro");
    exception.put("non_retryable", failure.nonRetryable());
    if (failure.stack() != null) exception.put("stack_trace", failure.stack());
    return Json.of("message", failure.message(), "exception_type", failure.type(), "exception_class",
        exception.get("class"), "exception", exception, "failure_category", category(failure), "non_retryable",
        failure.nonRetryable(), "code", exception.get("code"));
  }

  private static String category(Failure failure) {
    return switch (failure.type()) {
      case Failure.TIMED_OUT -> "timeout";
      case Failure.CANCELLED -> "cancelled";
      case Failure.TERMINATED -> "terminated";
      case Failure.LEASE_LOSSES -> "infrastructure";
      default -> "application";
    };
  }
}
