package dev.pawl.sdk;

import dev.pawl.core.value.Backoff;
import dev.pawl.core.value.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether and when something that failed is tried again. Every method gives a new value.
 *
 * <pre>{@code
 * opts.retry(Retry.exponential().attempts(5).except("CardDeclined"))
 * }</pre>
 */
public final class Retry {
  private final RetryPolicy policy;

  private Retry(RetryPolicy policy) {
    this.policy = policy;
  }

  /** 1 s, 2 s, 4 s ... up to 100 s, with jitter, without a limit of attempts: the default. */
  public static Retry exponential() {
    return new Retry(RetryPolicy.EXPONENTIAL);
  }

  /**
   * Growing waits with jitter.
   *
   * @param first the wait after the first failure
   * @param factor growth, at least 1
   * @param longest no wait is longer
   */
  public static Retry exponential(Duration first, double factor, Duration longest) {
    return new Retry(new RetryPolicy(new Backoff.Exponential(first, factor, longest), 0, List.of()));
  }

  /** The same wait each time, exactly. */
  public static Retry every(Duration wait) {
    return delays(wait);
  }

  /** Exactly these waits; the last one repeats. */
  public static Retry delays(Duration... waits) {
    return new Retry(new RetryPolicy(new Backoff.Delays(List.of(waits)), 0, List.of()));
  }

  /** One attempt. */
  public static Retry never() {
    return new Retry(RetryPolicy.NEVER);
  }

  /** Attempts in all, the first included; 0: without limit. */
  public Retry attempts(int most) {
    return new Retry(new RetryPolicy(policy.backoff(), most, policy.nonRetryableTypes()));
  }

  /** Failures of these types are final at once. */
  public Retry except(String... failureTypes) {
    return new Retry(new RetryPolicy(policy.backoff(), policy.maxAttempts(),
        Stream.concat(policy.nonRetryableTypes().stream(), Stream.of(failureTypes)).distinct().toList()));
  }

  /** As it is recorded and travels. */
  public RetryPolicy policy() {
    return policy;
  }
}
