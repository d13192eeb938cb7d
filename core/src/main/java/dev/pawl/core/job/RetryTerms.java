package dev.pawl.core.job;

/**
 * How often and at which distance a failing job is tried.
 *
 * @param maxAttempts attempts in all, the first included, 1 to 100
 */
public record RetryTerms(BackoffProfile profile, int maxAttempts) {
  public static final RetryTerms STANDARD = of(BackoffProfile.STANDARD);

  public RetryTerms {
    if (maxAttempts < 1 || maxAttempts > 100) {
      throw new IllegalArgumentException("maxAttempts: expected 1 to 100, got " + maxAttempts);
    }
  }

  /** The profile with its own number of attempts. */
  public static RetryTerms of(BackoffProfile profile) {
    return new RetryTerms(profile, profile.maxAttempts());
  }
}
