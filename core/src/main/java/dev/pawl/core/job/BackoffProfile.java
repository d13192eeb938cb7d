package dev.pawl.core.job;

import dev.pawl.core.value.Backoff;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The standardised waits of a job after a failed attempt.
 *
 * <p>{@code delay(n) = min(cap, base * coefficient^(n-1)) * (0.9 + 0.2 u)}, rounded to the millisecond, half up. u is
 * taken from SHA-256 over 40 bytes: the job id's 36 lower-case characters in UTF-8, then n as four bytes, big-endian. Its
 * first 8 bytes are an unsigned big-endian number, of which the upper 53 bits (as many as a double holds) are divided by
 * 2^53. So the delay is the same on every node and still spreads a herd.
 */
public enum BackoffProfile {
  NONE(1, new Backoff.Delays(List.of())),
  FAST(5, new Backoff.Exponential(Duration.ofSeconds(1), 2.0, Duration.ofSeconds(60))),
  STANDARD(8, new Backoff.Exponential(Duration.ofSeconds(5), 2.0, Duration.ofSeconds(600))),
  SLOW(10, new Backoff.Exponential(Duration.ofSeconds(60), 1.5, Duration.ofSeconds(1_800)));

  /** The most that a handler can ask for. */
  public static final Duration LONGEST_WISH = Duration.ofMinutes(30);

  /** Lost leases in a row, since the last accepted commit, that dead-letter a job. */
  public static final int MAX_LOSSES = 5;

  private static final Backoff AFTER_SECOND_LOSS =
      new Backoff.Exponential(Duration.ofSeconds(5), 3.0, Duration.ofSeconds(300));

  private final int maxAttempts;
  private final Backoff backoff;

  BackoffProfile(int maxAttempts, Backoff backoff) {
    this.maxAttempts = maxAttempts;
    this.backoff = backoff;
  }

  /** Attempts in all, the first included, unless the job says otherwise. */
  public int maxAttempts() {
    return maxAttempts;
  }

  /**
   * The wait after failed attempt {@code attempt}, from 1.
   *
   * @param wish what the handler asked for; only lengthens, up to {@link #LONGEST_WISH}
   */
  public Duration delay(JobId job, int attempt, @Nullable Duration wish) {
    return longer(backoff.delay(attempt, job.toString()), wish);
  }

  /** The wait after the {@code losses}-th lost lease: 0, then 5, 15, 45, 135 s with the jitter of n = losses - 1. */
  public static Duration lossDelay(JobId job, int losses) {
    return losses <= 1 ? Duration.ZERO : AFTER_SECOND_LOSS.delay(losses - 1, job.toString());
  }

  static Duration longer(Duration rule, @Nullable Duration wish) {
    if (wish == null) return rule;
    Duration capped = wish.compareTo(LONGEST_WISH) > 0 ? LONGEST_WISH : wish;
    return capped.compareTo(rule) > 0 ? capped : rule;
  }
}
