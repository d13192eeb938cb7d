package dev.pawl.sdk.failure;

import org.jspecify.annotations.Nullable;

/** A run was stopped by an operator or a policy, without a word to its program. */
public final class TerminatedException extends PawlException {
  private static final long serialVersionUID = 1L;

  public TerminatedException(String reason) {
    super(reason, null, null);
  }

  /** A recorded one. */
  public TerminatedException(Origin origin, @Nullable Throwable cause) {
    super(origin.failure().message(), cause, origin);
  }
}
