package dev.pawl.core.value;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether and when something that failed is tried again.
 *
 * @param backoff the waits
 * @param maxAttempts attempts in all, the first included; 0 means without limit
 * @param nonRetryableTypes {@link Failure#type()}s that are final at once
 */
public record RetryPolicy(Backoff backoff, int maxAttempts, List<String> nonRetryableTypes) {
  /** One attempt. */
  public static final RetryPolicy NEVER = new RetryPolicy(new Backoff.Delays(List.of()), 1, List.of());

  /** 1 s, 2 s, 4 s ... up to 100 s, without a limit of attempts: the default of Java activities and steps. */
  public static final RetryPolicy EXPONENTIAL =
      new RetryPolicy(new Backoff.Exponential(Duration.ofSeconds(1), 2.0, Duration.ofSeconds(100)), 0, List.of());

  private static final Duration LONGEST = Duration.ofDays(36_525);

  public RetryPolicy {
    if (maxAttempts < 0) throw new IllegalArgumentException("maxAttempts: expected 0 or more, got " + maxAttempts);
    nonRetryableTypes = List.copyOf(nonRetryableTypes);
  }

  /**
   * When the next attempt is due; empty if there is none.
   *
   * @param attempt the attempt that failed, from 1
   * @param seed see {@link Backoff#delay}
   * @param giveUpAt no attempt is due after this instant; null means no such limit
   */
  public Optional<Instant> next(int attempt, Failure failure, String seed, Instant now, @Nullable Instant giveUpAt) {
    if (failure.nonRetryable() || nonRetryableTypes.contains(failure.type())) return Optional.empty();
    if (maxAttempts != 0 && attempt >= maxAttempts) return Optional.empty();
    Duration asked = failure.nextRetryDelay();
    Instant due = now.plus(asked != null ? bounded(asked) : backoff.delay(attempt, seed));
    return giveUpAt != null && !due.isBefore(giveUpAt) ? Optional.empty() : Optional.of(due);
  }

  /** A delay that user code asked for: whole milliseconds, not below zero, not above 100 years. */
  private static Duration bounded(Duration asked) {
    if (asked.isNegative()) return Duration.ZERO;
    return asked.compareTo(LONGEST) > 0 ? LONGEST : Duration.ofMillis(asked.toMillis());
  }
}
