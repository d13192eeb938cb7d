package dev.pawl.sdk.job;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job that is to be handed in. Every method gives another one.
 *
 * @param key two jobs of one type with one key are one job
 * @param delay from when it is accepted; null: at once, or at {@code start}
 * @param priority 0 first to 9 last, 5 unless said
 */
public record NewJob(
    String type,
    String key,
    @Nullable Object payload,
    int priority,
    @Nullable Duration delay,
    @Nullable Instant start,
    @Nullable Instant deadline,
    @Nullable String correlationId,
    LeaseTerms lease,
    RetryTerms retry,
    CheckTerms check) {

  static NewJob of(String type, String key, @Nullable Object payload) {
    return new NewJob(type, key, payload, 5, null, null, null, null, LeaseTerms.STANDARD, RetryTerms.STANDARD,
        CheckTerms.STANDARD);
  }

  /** 0 first to 9 last. */
  public NewJob priority(int first) {
    return new NewJob(type, key, payload, first, delay, start, deadline, correlationId, lease, retry, check);
  }

  /** Not before so much time has passed. */
  public NewJob delayed(Duration time) {
    return new NewJob(type, key, payload, priority, time, null, deadline, correlationId, lease, retry, check);
  }

  /** Not before this instant. */
  public NewJob at(Instant instant) {
    return new NewJob(type, key, payload, priority, null, instant, deadline, correlationId, lease, retry, check);
  }

  /** Given up if it has not succeeded by then. */
  public NewJob deadline(Instant instant) {
    return new NewJob(type, key, payload, priority, delay, start, instant, correlationId, lease, retry, check);
  }

  /** Ties it to something of yours, 1 to 128 characters. */
  public NewJob correlation(String id) {
    return new NewJob(type, key, payload, priority, delay, start, deadline, id, lease, retry, check);
  }

  /** How often it is tried, and at which distance. */
  public NewJob retry(BackoffProfile profile) {
    return retry(RetryTerms.of(profile));
  }

  public NewJob retry(RetryTerms terms) {
    return new NewJob(type, key, payload, priority, delay, start, deadline, correlationId, lease, terms, check);
  }

  /** How long one attempt may take, and how long it may report no progress. */
  public NewJob lease(LeaseTerms terms) {
    return new NewJob(type, key, payload, priority, delay, start, deadline, correlationId, terms, retry, check);
  }

  /** How an outstanding external effect is looked after. */
  public NewJob check(CheckTerms terms) {
    return new NewJob(type, key, payload, priority, delay, start, deadline, correlationId, lease, retry, terms);
  }
}
