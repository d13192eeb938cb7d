package dev.pawl.sdk;

/**
 * Thrown at the blocking points of a scope that was cancelled: by a request to cancel the run, or by the program itself.
 * Let it pass to end the run as cancelled; clean up in {@link Pawl#detached}.
 */
public final class CancelledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CancelledException(String reason) {
    super(reason);
  }
}
