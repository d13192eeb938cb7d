package dev.pawl.core.job;

import dev.pawl.core.value.Payload;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was submitted. Never changes.
 *
 * @param key idempotency key, unique within (namespace, type)
 * @param digest of (type, namespace, payload): what "the same job" means, {@code sha-256:} and 64 hex digits
 * @param priority 0 first to 9 last, default 5: the order in which it is stored; the UWER wire has it the other way round
 * @param createdAt the submitter's clock, for people
 * @param notBefore explicit start; null: at once
 * @param deadline automation gives up then; null: never
 * @param payload handed to the handler; its codec is the content type, {@code json} for application/json
 * @param schema name of a registered schema for the payload
 * @param extensions free members of the submission, an object of JSON; null: none. The engine never looks inside
 * @param ties to other jobs
 */
public record JobSpec(
    String namespace,
    String type,
    String key,
    String digest,
    @Nullable String correlationId,
    int priority,
    Instant createdAt,
    @Nullable Instant notBefore,
    @Nullable Instant deadline,
    LeaseTerms lease,
    RetryTerms retry,
    CheckTerms check,
    Payload payload,
    @Nullable String schema,
    @Nullable String extensions,
    JobTies ties) {

  public static final int STANDARD_PRIORITY = 5;

  public JobSpec {
    if (priority < 0 || priority > 9) throw new IllegalArgumentException("priority: expected 0 to 9, got " + priority);
    if (key.isBlank()) throw new IllegalArgumentException("key: expected an idempotency key, got none");
  }

  /** Without extensions, tied to no other job. */
  public JobSpec(String namespace, String type, String key, String digest, @Nullable String correlationId, int priority,
      Instant createdAt, @Nullable Instant notBefore, @Nullable Instant deadline, LeaseTerms lease, RetryTerms retry,
      CheckTerms check, Payload payload, @Nullable String schema) {
    this(namespace, type, key, digest, correlationId, priority, createdAt, notBefore, deadline, lease, retry, check,
        payload, schema, null, JobTies.NONE);
  }

  /** The same submission, held against this schema. */
  public JobSpec under(@Nullable String other) {
    return new JobSpec(namespace, type, key, digest, correlationId, priority, createdAt, notBefore, deadline, lease,
        retry, check, payload, other, extensions, ties);
  }

  /** The same submission with these extensions. */
  public JobSpec extended(@Nullable String others) {
    return new JobSpec(namespace, type, key, digest, correlationId, priority, createdAt, notBefore, deadline, lease,
        retry, check, payload, schema, others, ties);
  }

  /** The wire counts 9 first; stored is 0 first. Its own inverse. */
  public static int stored(int wirePriority) {
    return 9 - wirePriority;
  }
}
