package dev.pawl.sdk.failure;

import org.jspecify.annotations.Nullable;

/**
 * Work was cancelled: thrown at the blocking points of a cancelled scope, and the cause of an activity or child that ended
 * because it was asked to. Let it pass to end the run as cancelled; clean up in a detached scope.
 */
public final class CancelledException extends PawlException {
  private static final long serialVersionUID = 1L;

  public CancelledException(String reason) {
    super(reason, null, null);
  }

  /** A recorded one. */
  public CancelledException(Origin origin, @Nullable Throwable cause) {
    super(origin.failure().message(), cause, origin);
  }
}
