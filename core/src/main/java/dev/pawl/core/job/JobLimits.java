package dev.pawl.core.job;

import org.jspecify.annotations.Nullable;

/**
 * How many jobs of a type may run at once and how fast they may start, over all nodes; for the type and for each
 * {@linkplain JobTies#limitKey() key} of it. A lease counts as running, in either stage; a grant counts as a start.
 *
 * @param running of the type, 1 to 1,000,000; null: any number
 * @param runningPerKey of each key, 1 to 1,000,000; null: any number
 * @param rate of the type; null: any
 * @param ratePerKey of each key; null: any
 */
public record JobLimits(
    @Nullable Integer running, @Nullable Integer runningPerKey, @Nullable JobRate rate, @Nullable JobRate ratePerKey) {
  public static final JobLimits NONE = new JobLimits(null, null, null, null);

  public JobLimits {
    counted("running", running);
    counted("runningPerKey", runningPerKey);
  }

  private static void counted(String field, @Nullable Integer value) {
    if (value != null && (value < 1 || value > 1_000_000)) {
      throw new IllegalArgumentException("%s: expected 1 to 1000000, got %d".formatted(field, value));
    }
  }

  public boolean none() {
    return equals(NONE);
  }

  public JobLimits running(int most) {
    return new JobLimits(most, runningPerKey, rate, ratePerKey);
  }

  public JobLimits runningPerKey(int most) {
    return new JobLimits(running, most, rate, ratePerKey);
  }

  public JobLimits rate(JobRate most) {
    return new JobLimits(running, runningPerKey, most, ratePerKey);
  }

  public JobLimits ratePerKey(JobRate most) {
    return new JobLimits(running, runningPerKey, rate, most);
  }
}
