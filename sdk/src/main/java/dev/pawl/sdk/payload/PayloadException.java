package dev.pawl.sdk.payload;

import org.jspecify.annotations.Nullable;

/**
 * A value can't be written, or bytes can't be read: a class that changed, a missing key, a lost blob, tampering. A defect
 * of code or deployment, not an outcome of a run; a worker fails the task with it, and the run goes on after the fix.
 */
public final class PayloadException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PayloadException(String message) {
    super(message);
  }

  public PayloadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
