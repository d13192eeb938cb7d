package dev.pawl.sdk.failure;

import dev.pawl.core.value.RunId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A child workflow ended without a result, or could not be started; the cause says why. */
public final class ChildWorkflowException extends PawlException {
  private static final long serialVersionUID = 1L;

  private final String workflowType;
  private final String workflowId;
  private final transient @Nullable RunId run;

  /**
   * @param run null: the child never started
   * @param cause what ended it: {@link ApplicationException}, {@link ActivityException}, {@link TimedOutException} ...
   */
  public ChildWorkflowException(
      String workflowType, String workflowId, @Nullable RunId run, @Nullable Throwable cause) {
    this(workflowType, workflowId, run, cause, null);
  }

  /** A recorded one. */
  public ChildWorkflowException(String workflowType, String workflowId, @Nullable RunId run,
      @Nullable Throwable cause, @Nullable Origin origin) {
    super("child %s '%s' %s%s".formatted(workflowType, workflowId, run == null ? "could not be started" : "failed",
        cause == null ? "" : ": " + cause.getMessage()), cause, origin);
    this.workflowType = workflowType;
    this.workflowId = workflowId;
    this.run = run;
  }

  public String workflowType() {
    return workflowType;
  }

  public String workflowId() {
    return workflowId;
  }

  /** The run that failed; empty if the child never started. */
  public Optional<RunId> run() {
    return Optional.ofNullable(run);
  }
}
