package dev.pawl.sdk.failure;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure of the user's code. Throw it from an activity, a step or a workflow to choose the type that retry policies
 * and callers compare; any other exception becomes one, with its simple class name as the type.
 *
 * <pre>{@code
 * throw ApplicationException.nonRetryable("CardDeclined", "the bank said no");
 * throw ApplicationException.of("Busy", "try later").retryAfter(Duration.ofMinutes(5));
 * throw ApplicationException.of("OutOfStock", "2 missing").withDetails(new Missing(sku, 2));
 * }</pre>
 */
public final class ApplicationException extends PawlException {
  private static final long serialVersionUID = 1L;

  private final String type;
  private final String plainMessage;
  private final transient @Nullable Object details;
  private final boolean nonRetryable;
  private final @Nullable Duration nextRetryDelay;

  /**
   * @param type stable name that retry policies and sagas compare
   * @param details for the caller, converted like any other value; null: none
   * @param nonRetryable trying again is pointless
   * @param nextRetryDelay replaces the retry policy's delay once; null: it stays
   */
  public ApplicationException(String type, String message, @Nullable Object details, boolean nonRetryable,
      @Nullable Duration nextRetryDelay, @Nullable Throwable cause) {
    super(type + ": " + message, cause, null);
    if (nextRetryDelay != null && nextRetryDelay.isNegative()) {
      throw new IllegalArgumentException("nextRetryDelay: expected 0 or more, got " + nextRetryDelay);
    }
    this.type = type;
    this.plainMessage = message;
    this.details = details;
    this.nonRetryable = nonRetryable;
    this.nextRetryDelay = nextRetryDelay;
  }

  public ApplicationException(String type, String message, @Nullable Object details, boolean nonRetryable,
      @Nullable Duration nextRetryDelay) {
    this(type, message, details, nonRetryable, nextRetryDelay, null);
  }

  /** A recorded one. */
  public ApplicationException(Origin origin, @Nullable Throwable cause) {
    super(origin.failure().type() + ": " + origin.failure().message(), cause, origin);
    Failure failure = origin.failure();
    this.type = failure.type();
    this.plainMessage = failure.message();
    this.details = failure.details();
    this.nonRetryable = failure.nonRetryable();
    this.nextRetryDelay = failure.nextRetryDelay();
  }

  /** A failure that the retry policy may try again. */
  public static ApplicationException of(String type, String message) {
    return new ApplicationException(type, message, null, false, null, null);
  }

  /** A failure that is final at once, whatever the retry policy says. */
  public static ApplicationException nonRetryable(String type, String message) {
    return new ApplicationException(type, message, null, true, null, null);
  }

  public ApplicationException withDetails(Object forTheCaller) {
    return copy(forTheCaller, nextRetryDelay, getCause());
  }

  /** The next attempt comes after {@code delay}, once, instead of what the retry policy says. */
  public ApplicationException retryAfter(Duration delay) {
    return copy(details, delay, getCause());
  }

  public ApplicationException causedBy(Throwable why) {
    return copy(details, nextRetryDelay, why);
  }

  private ApplicationException copy(@Nullable Object about, @Nullable Duration delay, @Nullable Throwable why) {
    var copy = new ApplicationException(type, plainMessage, about, nonRetryable, delay, why);
    copy.setStackTrace(getStackTrace());
    return copy;
  }

  /** Stable name, for example {@code CardDeclined}. */
  public String type() {
    return type;
  }

  /** The message alone; {@link #getMessage()} has the type in front. */
  public String plainMessage() {
    return plainMessage;
  }

  public boolean isNonRetryable() {
    return nonRetryable;
  }

  public Optional<Duration> nextRetryDelay() {
    return Optional.ofNullable(nextRetryDelay);
  }

  /** As they were given, or as they were recorded (a {@link Payload}); {@link #details(Class)} is for reading them. */
  public Optional<Object> rawDetails() {
    return Optional.ofNullable(details);
  }

  /** The details as a value of a class; empty if there are none. */
  public <T> Optional<T> details(Class<T> as) {
    return details((Type) as).map(as::cast);
  }

  /** The details as a value of any type; empty if there are none. */
  public Optional<Object> details(Type as) {
    Origin from = origin();
    if (details instanceof Payload payload && from != null) return Optional.ofNullable(from.reader().read(payload, as));
    return Optional.ofNullable(details);
  }
}
