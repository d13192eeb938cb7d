package dev.pawl.sdk.client;

import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/** A workflow, or the handler of an update, ended without a result. */
public final class WorkflowFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable RunStatus status;
  private final transient Failure failure;

  WorkflowFailedException(
      String workflowId, @Nullable RunId run, @Nullable RunStatus status, Failure failure) {
    super("%s%s: %s: %s".formatted(workflowId, status == null ? "" : " ended as " + status + " in run " + run,
        failure.type(), failure.message()));
    this.status = status;
    this.failure = failure;
  }

  /** How the run ended; null for an update. */
  public @Nullable RunStatus status() {
    return status;
  }

  /** What went wrong, with its causes across activities and children. */
  public Failure failure() {
    return failure;
  }
}
