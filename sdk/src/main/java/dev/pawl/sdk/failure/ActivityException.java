package dev.pawl.sdk.failure;

import org.jspecify.annotations.Nullable;

/** An activity or a step ended without a result; the cause says why. */
public final class ActivityException extends PawlException {
  private static final long serialVersionUID = 1L;

  private final String activity;
  private final int step;
  private final int attempts;

  /**
   * @param activity type of the activity, or name of the step
   * @param step its number in the run
   * @param attempts how many were made
   * @param cause an {@link ApplicationException}, {@link TimedOutException} or {@link CancelledException}
   */
  public ActivityException(String activity, int step, int attempts, @Nullable Throwable cause) {
    this(activity, step, attempts, cause, null);
  }

  /** A recorded one. */
  public ActivityException(
      String activity, int step, int attempts, @Nullable Throwable cause, @Nullable Origin origin) {
    super("'%s' (step %d) failed%s%s".formatted(activity, step, attempts == 1 ? "" : " after " + attempts + " attempts",
        cause == null ? "" : ": " + cause.getMessage()), cause, origin);
    this.activity = activity;
    this.step = step;
    this.attempts = attempts;
  }

  /** Type of the activity, or name of the step. */
  public String activity() {
    return activity;
  }

  /** Its number in the run. */
  public int step() {
    return step;
  }

  /** How many attempts were made. */
  public int attempts() {
    return attempts;
  }
}
