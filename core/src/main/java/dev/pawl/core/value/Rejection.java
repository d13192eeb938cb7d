package dev.pawl.core.value;

import org.jspecify.annotations.Nullable;

/**
 * An expected "no": nothing was changed, and the code says why for ever in the same words.
 *
 * @param code stable code
 * @param message for people: what was expected, what was found
 * @param field path to the offending field of the request, such as {@code options.retry.maxAttempts}
 */
public record Rejection(Code code, String message, @Nullable String field) {

  /** Every code there is. Its lower-case name is what travels. */
  public enum Code {
    /** The request itself is wrong; {@code field} says where. */
    INVALID_ARGUMENT,
    /** No run, or no workflow id, of this name was ever started here. */
    RUN_NOT_FOUND,
    /** The run is closed. */
    RUN_CLOSED,
    /** The workflow id is taken by an open run, or its reuse policy forbids another run. */
    WORKFLOW_ALREADY_STARTED,
    /** The same request id came before with another content. */
    REQUEST_CONFLICT,
    /** The lease passed to somebody else, or ended; drop the work. */
    LEASE_LOST,
    /** The session is unknown, expired or superseded; start a new one. */
    SESSION_LOST,
    /** The task is not open any more, or never was. */
    TASK_NOT_FOUND,
    /** A payload is larger than {@link Payload#MAX_BYTES}. */
    PAYLOAD_TOO_LARGE,
    /** A name, list or structure is larger than allowed. */
    LIMIT_EXCEEDED,
    /** Too much is waiting; nothing was stored; try again later. */
    OVERLOADED,
    /** Too much that its program has not looked at waits in this run; nothing was stored; try again later. */
    INBOX_FULL,
    /** The run is paused, blocked or in the middle of something, and does not take this now. */
    RUN_NOT_RUNNING,
    /** No worker answers queries for this run in time. */
    QUERY_UNANSWERED,
    /** A list or a count read for longer than a query may; nothing came of it. */
    QUERY_TOO_EXPENSIVE,
    /** The workflow has no handler of that name, or the handler refused. */
    QUERY_REJECTED,
    /** The update's validator said no; nothing is in history. */
    UPDATE_REJECTED,
    /** The waiting time ended before the answer was there; what was accepted stays accepted. */
    WAIT_TIMED_OUT,
    /** The namespace does not exist. */
    NAMESPACE_NOT_FOUND,
    /** The caller's role or namespaces do not allow it. */
    FORBIDDEN,
    /** The database cannot be reached or refuses to write; nothing was stored. */
    STORE_UNAVAILABLE,
    /** The database's schema is not one this build can work with. */
    SCHEMA_MISMATCH,
    /** Settings contradict each other, or break the recovery bound. */
    BAD_CONFIGURATION,
    /** The engine is closing. */
    SHUTTING_DOWN,
    /** Stored data of this run cannot be read; the run is quarantined. */
    RUN_CORRUPT;

    /** The code as it travels, for example {@code run_closed}. */
    public String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public static Rejection because(Code code, String message) {
    return new Rejection(code, message, null);
  }

  public static Rejection invalid(String field, String message) {
    return new Rejection(Code.INVALID_ARGUMENT, message, field);
  }
}
