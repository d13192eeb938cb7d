package dev.pawl.core.job;

import java.time.Duration;

/**
 * The timing of one job's leases.
 *
 * @param leaseTimeout silence after which the lease may be revoked, 3 s to 15 min
 * @param progressTimeout how long a handler may report no progress, 1 min to 30 min
 * @param executionTimeout hard limit of one attempt, 1 s to 24 h
 */
public record LeaseTerms(Duration leaseTimeout, Duration progressTimeout, Duration executionTimeout) {
  public static final LeaseTerms STANDARD =
      new LeaseTerms(Duration.ofSeconds(15), Duration.ofMinutes(10), Duration.ofHours(1));

  public LeaseTerms {
    within("leaseTimeout", leaseTimeout, 3_000, 900_000);
    within("progressTimeout", progressTimeout, 60_000, 1_800_000);
    within("executionTimeout", executionTimeout, 1_000, 86_400_000);
  }

  static void within(String name, Duration value, long fromMillis, long toMillis) {
    if (value.compareTo(Duration.ofMillis(fromMillis)) < 0 || value.compareTo(Duration.ofMillis(toMillis)) > 0) {
      throw new IllegalArgumentException(
          "%s: expected %d to %d ms, got %s".formatted(name, fromMillis, toMillis, value));
    }
  }
}
