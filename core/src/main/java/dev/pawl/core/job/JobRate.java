package dev.pawl.core.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * So many in a period, evenly spread: one every {@code period / permits}. After a rest up to {@code burst} may go at once,
 * so that in any time of the length of a period at most {@code permits + burst - 1} go.
 *
 * <p>What has gone is remembered in one instant, {@code next}: when the next one would go if they were evenly spread.
 *
 * @param permits 1 to 1,000,000
 * @param period 1 ms to 31 days; no more than one permit per microsecond
 * @param burst 1 to {@code permits}
 */
public record JobRate(int permits, Duration period, int burst) {
  public JobRate {
    if (permits < 1 || permits > 1_000_000) {
      throw new IllegalArgumentException("permits: expected 1 to 1000000, got " + permits);
    }
    if (period.toMillis() < 1 || period.toDays() > 31) {
      throw new IllegalArgumentException("period: expected 1 ms to 31 days, got " + period);
    }
    if (period.toNanos() / 1_000 < permits) {
      throw new IllegalArgumentException("permits: expected at most one per microsecond, got %d in %s".formatted(permits, period));
    }
    if (burst < 1 || burst > permits) {
      throw new IllegalArgumentException("burst: expected 1 to %d, got %d".formatted(permits, burst));
    }
  }

  /** Evenly spread, one at a time. */
  public static JobRate of(int permits, Duration period) {
    return new JobRate(permits, period, 1);
  }

  public JobRate burst(int atOnce) {
    return new JobRate(permits, period, atOnce);
  }

  /** From one to the next, in whole microseconds, never too short. */
  public Duration interval() {
    long micros = period.toNanos() / 1_000;
    return Duration.ofNanos(Math.ceilDiv(micros, permits) * 1_000);
  }

  /** When another one may go. */
  Instant earliest(@Nullable Instant next) {
    return next == null ? Instant.MIN : next.minus(interval().multipliedBy(burst - 1L));
  }

  /** What {@code next} is after one has gone. */
  Instant after(@Nullable Instant next, Instant now) {
    return (next == null || next.isBefore(now) ? now : next).plus(interval());
  }
}
