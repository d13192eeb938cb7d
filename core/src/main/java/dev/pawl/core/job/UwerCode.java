package dev.pawl.core.job;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every "no" of the job contract. The number, the title and what a caller may do about it never change. */
public enum UwerCode {
  KEY_MISSING(4001, 400, "Idempotency key missing", Retry.NO),
  SCHEMA_VIOLATION(4002, 422, "Schema violation", Retry.NO),
  UNSAFE_DOCUMENT(4003, 400, "Unsafe document", Retry.NO),
  UNSUPPORTED_VERSION(4004, 415, "Schema version or content type not supported", Retry.NO),
  TOO_LARGE(4005, 413, "Payload too large", Retry.NO),
  DIGEST_MISMATCH(4006, 422, "Digest mismatch", Retry.NO),
  UNKNOWN_TYPE(4007, 422, "Unknown task type or schema", Retry.NO),
  IMPOSSIBLE_TIMING(4008, 422, "Impossible timing", Retry.NO),
  UNAUTHENTICATED(4010, 401, "Not authenticated", Retry.NO),
  FORBIDDEN(4030, 403, "Not permitted", Retry.NO),
  TICKET_MISSING(4031, 403, "Ticket missing", Retry.NO),
  TICKET_REFUSED(4032, 403, "Ticket malformed, unknown or closed", Retry.NO),
  APPROVER_REQUIRED(4033, 403, "Second approver required", Retry.NO),
  NOT_FOUND(4040, 404, "Task not found", Retry.NO),
  KEY_CONFLICT(4091, 409, "Idempotency conflict", Retry.NO),
  NO_LEASE(4093, 409, "No lease is held", Retry.NO),
  STALE_EPOCH(4094, 409, "Stale epoch", Retry.NO),
  ILLEGAL_TRANSITION(4095, 409, "Illegal transition", Retry.NO),
  SESSION_LOST(4096, 409, "Session superseded or lost", Retry.NO),
  NOT_GRANTABLE(4097, 409, "Node not in a grantable state", Retry.AFTER_SYNC),
  COMMIT_CONFLICT(4098, 409, "Commit conflict", Retry.NO),
  LEASED(4099, 409, "Task is leased", Retry.AFTER_REVOKE),
  ADMISSION_REFUSED(4290, 429, "Admission refused", Retry.YES),
  INTERNAL(5000, 500, "Internal error", Retry.SAME_KEY),
  /** Never travels: the process does not start. */
  BOUND_VIOLATED(5002, 500, "Configuration violates the recovery bound", Retry.NO),
  STORE_UNAVAILABLE(5031, 503, "Store unavailable", Retry.SAME_KEY),
  DRAINING(5032, 503, "Draining", Retry.ELSEWHERE),
  OUTCOME_UNKNOWN(5041, 504, "Outcome unknown", Retry.IDENTICAL);

  /** What the caller may do. */
  public enum Retry {
    NO,
    /** After a while; nothing was stored. */
    YES,
    /** With the same idempotency key. */
    SAME_KEY,
    /** Exactly the same request again, with the same key or epoch. */
    IDENTICAL,
    /** At another node. */
    ELSEWHERE,
    /** When the session has synchronised. */
    AFTER_SYNC,
    /** When the lease was revoked by force. */
    AFTER_REVOKE
  }

  private static final Map<String, UwerCode> BY_WIRE =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(UwerCode::wire, code -> code));

  private final int number;
  private final String wire;
  private final int status;
  private final String title;
  private final Retry retry;

  UwerCode(int number, int status, String title, Retry retry) {
    this.number = number;
    this.wire = "UWER-" + number;
    this.status = status;
    this.title = title;
    this.retry = retry;
  }

  /** As it travels, for example {@code UWER-4095}. */
  public String wire() {
    return wire;
  }

  public int number() {
    return number;
  }

  /** Status of an HTTP answer that carries it. */
  public int httpStatus() {
    return status;
  }

  public String title() {
    return title;
  }

  public Retry retry() {
    return retry;
  }

  public boolean retryable() {
    return retry != Retry.NO;
  }

  /** Reads what {@link #wire()} wrote. */
  public static Optional<UwerCode> parse(String text) {
    return Optional.ofNullable(BY_WIRE.get(text));
  }
}
