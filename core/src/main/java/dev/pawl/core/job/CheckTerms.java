package dev.pawl.core.job;

import java.time.Duration;

/**
 * How an outstanding external effect is looked after.
 *
 * @param poll between two checks, 1 s to 15 min; the recheck also covers a lost callback
 * @param maxChecks checks in all before the job is dead-lettered, 1 to 10,000
 */
public record CheckTerms(Duration poll, int maxChecks) {
  /** Every 15 minutes for a day. */
  public static final CheckTerms STANDARD = new CheckTerms(Duration.ofMinutes(15), 96);

  public CheckTerms {
    LeaseTerms.within("poll", poll, 1_000, 900_000);
    if (maxChecks < 1 || maxChecks > 10_000) {
      throw new IllegalArgumentException("maxChecks: expected 1 to 10000, got " + maxChecks);
    }
  }
}
