package dev.pawl.sdk.failure;

import org.jspecify.annotations.Nullable;

/**
 * What a job needs is down. A handler that {@linkplain dev.pawl.sdk.job.JobHandler#needs(String) names its dependency} gives
 * its job back with this, which spends no attempt, and is not asked again before the dependency is back. Any other handler
 * has just failed.
 */
public final class UnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
