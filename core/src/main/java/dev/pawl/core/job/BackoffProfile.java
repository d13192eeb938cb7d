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

  static Duration longer(Duration rule, @Nullable Duration wish) {
    if (wish == null) return rule;
    Duration capped = wish.compareTo(LONGEST_WISH) > 0 ? LONGEST_WISH : wish;
    return capped.compareTo(rule) > 0 ? capped : rule;
  }
}
