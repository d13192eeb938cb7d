package dev.pawl.sdk.job;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.JobTies;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.job.Singleton;
import dev.pawl.protocol.uwer.TraceContext;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job that is to be handed in. Every method gives another one.
 *
 * @param key two jobs of one type with one key are one job
 * @param delay from when it is accepted; null: at once, or at {@code start}
 * @param priority 0 first to 9 last, 5 unless said
 * @param ties to other jobs
 * @param traceparent the trace that it is part of; null: that of the job that spawns it, or none
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
    CheckTerms check,
    JobTies ties,
    @Nullable String traceparent) {

  static NewJob of(String type, String key, @Nullable Object payload) {
    return new NewJob(type, key, payload, 5, null, null, null, null, LeaseTerms.STANDARD, RetryTerms.STANDARD,
        CheckTerms.STANDARD, JobTies.NONE, null);
  }

  /** 0 first to 9 last. */
  public NewJob priority(int first) {
    return new NewJob(type, key, payload, first, delay, start, deadline, correlationId, lease, retry, check, ties, traceparent);
  }

  /** Not before so much time has passed. */
  public NewJob delayed(Duration time) {
    return new NewJob(type, key, payload, priority, time, null, deadline, correlationId, lease, retry, check, ties, traceparent);
  }

  /** Not before this instant. */
  public NewJob at(Instant instant) {
    return new NewJob(type, key, payload, priority, null, instant, deadline, correlationId, lease, retry, check, ties, traceparent);
  }

  /** Given up if it has not succeeded by then. */
  public NewJob deadline(Instant instant) {
    return new NewJob(type, key, payload, priority, delay, start, instant, correlationId, lease, retry, check, ties, traceparent);
  }

  /** Ties it to something of yours, 1 to 128 characters. */
  public NewJob correlation(String id) {
    return new NewJob(type, key, payload, priority, delay, start, deadline, id, lease, retry, check, ties, traceparent);
  }

  /**
   * It is part of this trace, which its handler sees as {@link JobContext#traceparent}, and jobs that it spawns inherit.
   *
   * @param traceparent W3C trace context, version 00
   */
  public NewJob trace(String traceparent) {
    if (!TraceContext.valid(traceparent)) {
      throw new IllegalArgumentException("traceparent: expected W3C trace context of version 00, got " + traceparent);
    }
    return new NewJob(type, key, payload, priority, delay, start, deadline, correlationId, lease, retry, check, ties,
        traceparent);
  }

  /** How often it is tried, and at which distance. */
  public NewJob retry(BackoffProfile profile) {
    return retry(RetryTerms.of(profile));
  }

  public NewJob retry(RetryTerms terms) {
    return new NewJob(type, key, payload, priority, delay, start, deadline, correlationId, lease, terms, check, ties, traceparent);
  }

  /** How long one attempt may take, and how long it may report no progress. */
  public NewJob lease(LeaseTerms terms) {
    return new NewJob(type, key, payload, priority, delay, start, deadline, correlationId, terms, retry, check, ties, traceparent);
  }

  /** How an outstanding external effect is looked after. */
  public NewJob check(CheckTerms terms) {
    return new NewJob(type, key, payload, priority, delay, start, deadline, correlationId, lease, retry, terms, ties, traceparent);
  }

  /**
   * Whose share of the type's limits it takes, such as a customer, 1 to 128 characters; see
   * {@link dev.pawl.protocol.job.JobApi#limit}.
   */
  public NewJob limitKey(String whose) {
    return ties(ties.limitKey(whose));
  }

  /**
   * While a job of this type with this singleton key is open, this one is that one: nothing new is stored.
   *
   * @param single 1 to 128 characters
   */
  public NewJob singleton(String single) {
    return ties(ties.singleton(new Singleton(single, null, null)));
  }

  /**
   * Waits until nothing with this singleton key has come for {@code quiet}, at most {@code most} after the first; the
   * newest counts, those that it takes the place of are cancelled. One that has been started is not.
   *
   * @param single 1 to 128 characters
   * @param most null: without end
   */
  public NewJob debounced(String single, Duration quiet, @Nullable Duration most) {
    return ties(ties.singleton(new Singleton(single, quiet, most)));
  }

  /** It joins a batch, which is open; see {@link Jobs#batch}. */
  public NewJob batch(String id) {
    return ties(ties.batch(id));
  }

  private NewJob ties(JobTies some) {
    return new NewJob(type, key, payload, priority, delay, start, deadline, correlationId, lease, retry, check, some, traceparent);
  }
}
