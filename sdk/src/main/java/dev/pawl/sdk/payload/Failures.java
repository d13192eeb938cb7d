package dev.pawl.sdk.payload;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.sdk.failure.ActivityException;
import dev.pawl.sdk.failure.ApplicationException;
import dev.pawl.sdk.failure.CancelledException;
import dev.pawl.sdk.failure.ChildWorkflowException;
import dev.pawl.sdk.failure.PawlException.Origin;
import dev.pawl.sdk.failure.PawlException;
import dev.pawl.sdk.failure.PayloadTooLargeException;
import dev.pawl.sdk.failure.TerminatedException;
import dev.pawl.sdk.failure.TimedOutException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Exceptions as failures and back. What came from history goes back into it unchanged; the classes of users' exceptions
 * are not needed on the other side. Messages, stacks and causes are bounded, so that a failure can always be stored.
 */
public final class Failures {
  /** Type of a failed activity or step as its workflow's own failure. */
  public static final String ACTIVITY_FAILED = "ActivityFailed";

  /** Type of a failed child as its workflow's own failure. */
  public static final String CHILD_FAILED = "ChildWorkflowFailed";

  /** Causes below a failure that are kept. */
  public static final int MAX_CAUSES = 20;

  /** Characters of a message that are kept. */
  public static final int MAX_MESSAGE = 8 * 1024;

  /** Frames of a stack that are kept. */
  public static final int MAX_FRAMES = 60;

  /** Bytes of details that are kept, and of a cause's details. */
  private static final int MAX_DETAILS = 512 * 1024;

  private static final int MAX_DETAILS_OF_CAUSE = 32 * 1024;

  private final PayloadConverter converter;
  private final Map<Class<? extends Throwable>, String> names;

  public Failures(PayloadConverter converter) {
    this(converter, Map.of());
  }

  /** @param names types for exceptions of the user or of libraries, also for their subclasses; others have their simple name */
  public Failures(PayloadConverter converter, Map<Class<? extends Throwable>, String> names) {
    this.converter = converter;
    this.names = Map.copyOf(names);
  }

  // ---- to history

  /** The failure that stands for an exception. Never throws: what can't be converted is left out and said so. */
  public Failure toFailure(Throwable thrown) {
    return toFailure(unwrapped(thrown), 0);
  }

  private Failure toFailure(Throwable thrown, int depth) {
    if (thrown instanceof PawlException ours && ours.failure().isPresent()) return ours.failure().get();
    Throwable why = thrown.getCause();
    Failure cause = why == null || why == thrown || depth >= MAX_CAUSES ? null : toFailure(unwrapped(why), depth + 1);
    String stack = stackOf(thrown);
    return switch (thrown) {
      case ApplicationException e -> {
        String message = cut(e.plainMessage());
        Payload details = null;
        try {
          details = e.rawDetails().map(it -> details(it, depth)).orElse(null);
        } catch (RuntimeException unwritable) {
          message += " (its details are left out: " + cut(String.valueOf(unwritable.getMessage())) + ")";
        }
        yield new Failure(
            e.type(), message, stack, e.isNonRetryable(), e.nextRetryDelay().orElse(null), details, cause);
      }
      case ActivityException e -> new Failure(ACTIVITY_FAILED, message(e), stack, false, null,
          structured("activity", e.activity(), "step", e.step(), "attempts", e.attempts()), cause);
      case ChildWorkflowException e -> new Failure(CHILD_FAILED, message(e), stack, false, null,
          structured("workflowType", e.workflowType(), "workflowId", e.workflowId(), "run",
              e.run().map(RunId::toString).orElse("")), cause);
      case CancelledException e -> new Failure(Failure.CANCELLED, message(e), stack, false, null, null, cause);
      case TerminatedException e -> new Failure(Failure.TERMINATED, message(e), stack, true, null, null, cause);
      case TimedOutException e ->
          new Failure(Failure.TIMED_OUT, message(e), stack, false, null, structured("kind", e.kind()), cause);
      case PayloadTooLargeException e -> new Failure(Failure.PAYLOAD_TOO_LARGE, message(e), stack, true, null,
          structured("bytes", e.bytes(), "limit", e.limit()), cause);
      default -> new Failure(typeOf(thrown), message(thrown), stack, false, null, null, cause);
    };
  }

  private Payload details(Object value, int depth) {
    int limit = depth == 0 ? MAX_DETAILS : MAX_DETAILS_OF_CAUSE;
    Payload payload = converter.toPayload(value, value.getClass());
    if (payload.size() <= limit) return payload;
    throw new PayloadTooLargeException("the failure's details", payload.size(), limit);
  }

  /** Facts of our own, in JSON of our own: readable without the user's converter and its keys. */
  private static Payload structured(Object... pairs) {
    return Payload.json(OwnFacts.write(pairs));
  }

  private String typeOf(Throwable thrown) {
    for (Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
      String name = names.get(type);
      if (name != null) return name;
    }
    String simple = thrown.getClass().getSimpleName();
    return simple.isEmpty() ? thrown.getClass().getSuperclass().getSimpleName() : simple;
  }

  /** Wrappers say nothing that their cause does not say better. */
  private static Throwable unwrapped(Throwable thrown) {
    Throwable at = thrown;
    for (int depth = 0; depth < 100; depth++) {
      Throwable inner = at instanceof InvocationTargetException || at instanceof UndeclaredThrowableException
          || at instanceof ExecutionException || at instanceof CompletionException ? at.getCause() : null;
      if (inner == null) return at;
      at = inner;
    }
    return at;
  }

  private static String message(Throwable thrown) {
    try {
      String message = thrown.getMessage();
      return message == null ? "" : cut(message);
    } catch (RuntimeException hostile) {
      return "(its message could not be read: " + hostile.getClass().getName() + ")";
    }
  }

  private static String cut(String message) {
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...";
  }

  private static @Nullable String stackOf(Throwable thrown) {
    StackTraceElement[] frames = thrown.getStackTrace();
    if (frames.length == 0) return null;
    var text = new StringBuilder(frames.length * 64);
    for (int i = 0; i < frames.length && i < MAX_FRAMES; i++) text.append("at ").append(frames[i]).append('\n');
    if (frames.length > MAX_FRAMES) text.append("... ").append(frames.length - MAX_FRAMES).append(" more\n");
    return text.toString();
  }

  // ---- from history

  /** The exception that stands for a recorded failure. */
  public PawlException toException(Failure failure) {
    return toException(failure, 0);
  }

  private PawlException toException(Failure failure, int depth) {
    Failure why = failure.cause();
    PawlException cause = why == null || depth >= 100 ? null : toException(why, depth + 1);
    Origin origin = new Origin(failure, converter::fromPayload);
    OwnFacts facts = OwnFacts.read(failure.details());
    return switch (failure.type()) {
      case ACTIVITY_FAILED -> new ActivityException(
          facts.text("activity"), (int) facts.number("step"), (int) facts.number("attempts"), cause, origin);
      case CHILD_FAILED -> new ChildWorkflowException(
          facts.text("workflowType"), facts.text("workflowId"), run(facts.text("run")), cause, origin);
      case Failure.CANCELLED -> new CancelledException(origin, cause);
      case Failure.TERMINATED -> new TerminatedException(origin, cause);
      case Failure.TIMED_OUT -> new TimedOutException(facts.text("kind"), origin, cause);
      case Failure.PAYLOAD_TOO_LARGE ->
          new PayloadTooLargeException(facts.number("bytes"), facts.number("limit"), origin, cause);
      default -> new ApplicationException(origin, cause);
    };
  }

  /** The exception for an activity or step that a recorded failure ended. */
  public ActivityException activityFailed(String activity, int step, int attempts, Failure why) {
    return new ActivityException(activity, step, attempts, toException(why));
  }

  /** The exception for an activity that ran out of time. @param kind as history names it */
  public ActivityException activityTimedOut(
      String activity, int step, int attempts, String kind, @Nullable Payload lastHeartbeat) {
    return new ActivityException(activity, step, attempts, new TimedOutException(
        kind, "its " + kind + " timeout passed", lastHeartbeat, converter::fromPayload));
  }

  /** The exception for a child that a recorded failure ended. @param run null: it never started */
  public ChildWorkflowException childFailed(
      String workflowType, String workflowId, @Nullable RunId run, Failure why) {
    return new ChildWorkflowException(workflowType, workflowId, run, toException(why));
  }

  private static @Nullable RunId run(String text) {
    try {
      return text.isEmpty() ? null : RunId.parse(text);
    } catch (IllegalArgumentException foreign) {
      return null;
    }
  }
}
