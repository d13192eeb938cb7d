package dev.pawl.core.value;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A failure as it travels between languages and lies in history: no class is needed to read it. Its texts are for people,
 * so what is longer than {@link #MAX_TEXT} is cut; a failure is never refused for what it says.
 *
 * @param type stable name that retry policies and sagas compare, for example {@code CardDeclined}
 * @param message for people
 * @param stack stack trace as text, for people
 * @param nonRetryable whether the one who failed knows that trying again is pointless
 * @param nextRetryDelay delay before the next attempt chosen by the one who failed; replaces the policy's delay once
 * @param details structured data for the caller
 * @param cause what led to it, across activities and children
 */
public record Failure(
    String type,
    String message,
    @Nullable String stack,
    boolean nonRetryable,
    @Nullable Duration nextRetryDelay,
    @Nullable Payload details,
    @Nullable Failure cause) {

  /** The longest message, and the longest stack, in UTF-16 units. */
  public static final int MAX_TEXT = 32 * 1024;

  private static final String CUT = " ... (cut)";

  public Failure {
    message = cut(message);
    stack = stack == null ? null : cut(stack);
  }

  private static String cut(String text) {
    if (text.length() <= MAX_TEXT) return text;
    int end = MAX_TEXT - CUT.length();
    if (Character.isHighSurrogate(text.charAt(end - 1))) end--;
    return text.substring(0, end) + CUT;
  }

  /** Type of a failure made by cancellation. */
  public static final String CANCELLED = "Cancelled";

  /** Type of a failure made by a timeout. */
  public static final String TIMED_OUT = "TimedOut";

  /** Type of a failure after too many lost leases in a row. */
  public static final String LEASE_LOSSES = "LeaseLosses";

  /** Type of a failure made by terminating a run. */
  public static final String TERMINATED = "Terminated";

  /** Type of a workflow task's failure: the program contradicts its history. Only a worker with other code can help. */
  public static final String HISTORY_DIVERGED = "HistoryDiverged";

  /** Type of a workflow task's failure: the worker has no program of that name. */
  public static final String UNKNOWN_WORKFLOW_TYPE = "UnknownWorkflowType";

  /** Type of a workflow task's failure: the program does not come back, or takes its worker's memory. */
  public static final String POISONED_PROGRAM = "PoisonedProgram";

  /** Type of the outcome of an update, or of another claim, whose run closed first. */
  public static final String RUN_CLOSED = "RunClosed";

  /** Type of a failure because nobody of that name was ever started. */
  public static final String RUN_NOT_FOUND = "RunNotFound";

  /** Type of a child's failure because its workflow id is taken. */
  public static final String ALREADY_STARTED = "WorkflowAlreadyStarted";

  /** Type of a failure because the program's namespace may not do that. */
  public static final String FORBIDDEN = "Forbidden";

  /** Type of a failure because a payload was larger than allowed. */
  public static final String PAYLOAD_TOO_LARGE = "PayloadTooLarge";

  public static Failure of(String type, String message) {
    return new Failure(type, message, null, false, null, null, null);
  }

  public Failure asNonRetryable() {
    return new Failure(type, message, stack, true, nextRetryDelay, details, cause);
  }

  public Failure causedBy(@Nullable Failure why) {
    return new Failure(type, message, stack, nonRetryable, nextRetryDelay, details, why);
  }
}
