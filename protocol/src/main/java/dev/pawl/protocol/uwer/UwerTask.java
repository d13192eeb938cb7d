package dev.pawl.protocol.uwer;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task as it is submitted, in either form. What the sender left out is null here, so that writing it again adds
 * nothing; the standard terms are filled in by {@link #spec}.
 *
 * @param priority 9 first to 0 last, as the wire counts
 * @param extensions free members; those of an XML document lie under {@link #XML_EXTENSIONS}, ties to other jobs under
 *     {@code dev.pawl.ties}
 */
public record UwerTask(
    String type,
    String namespace,
    String idempotencyKey,
    @Nullable String correlationId,
    int priority,
    Instant createdAt,
    @Nullable Instant notBefore,
    @Nullable Instant deadline,
    @Nullable Lease lease,
    @Nullable Retry retry,
    @Nullable Check check,
    UwerPayload payload,
    Map<String, Json> extensions) {

  /** Where the extensions of an XML document lie: an array of canonical XML. */
  public static final String XML_EXTENSIONS = "org.uwer.xml";

  /** Where the trace lies that its submission was part of. */
  public static final String TRACE = "org.w3c.traceparent";

  public static final int STANDARD_PRIORITY = 5;

  public record Lease(
      @Nullable Long leaseTimeoutMs, @Nullable Long progressTimeoutMs, @Nullable Long executionTimeoutMs) {}

  public record Retry(BackoffProfile profile, @Nullable Integer maxAttempts) {}

  public record Check(@Nullable Long pollMs, @Nullable Integer maxChecks) {}

  public UwerTask {
    extensions = Collections.unmodifiableMap(new LinkedHashMap<>(extensions));
  }

  /**
   * SHA-256 over the canonical JSON of type, namespace and payload, {@code sha-256:} and 64 hex digits: what "the same
   * task" means. Of the payload everything counts but the digest it states.
   */
  public String digest() {
    return Digests.ofTask(this);
  }

  /** What the engine keeps of it. The priority is turned round: stored is 0 first. */
  public JobSpec spec() {
    return new JobSpec(namespace, type, idempotencyKey, digest(), correlationId, JobSpec.stored(priority), createdAt,
        notBefore, deadline, leaseTerms(), retryTerms(), checkTerms(), payload.decoded(), payload.schema(),
        extensions.isEmpty() ? null : new Json.Obj(extensions).write(), TaskTies.of(extensions));
  }

  /** The task that a job was submitted as, with all its terms; the digest that its sender stated is not among them. */
  public static UwerTask of(JobSpec spec) {
    LeaseTerms lease = spec.lease();
    CheckTerms check = spec.check();
    return new UwerTask(spec.type(), spec.namespace(), spec.key(), spec.correlationId(), JobSpec.stored(spec.priority()),
        spec.createdAt(), spec.notBefore(), spec.deadline(),
        lease.equals(LeaseTerms.STANDARD)
            ? null
            : new Lease(lease.leaseTimeout().toMillis(), lease.progressTimeout().toMillis(),
                lease.executionTimeout().toMillis()),
        spec.retry().equals(RetryTerms.STANDARD)
            ? null
            : new Retry(spec.retry().profile(), spec.retry().maxAttempts()),
        check.equals(CheckTerms.STANDARD) ? null : new Check(check.poll().toMillis(), check.maxChecks()),
        UwerPayload.of(spec.payload(), spec.schema()),
        TaskTies.with(spec.ties(), extensions(spec.extensions())));
  }

  /** The W3C trace context of its submission; null: it had none. */
  public @Nullable String trace() {
    return TraceContext.of(extensions);
  }

  /** With this trace context among its extensions. @param traceparent null: with none */
  public UwerTask traced(@Nullable String traceparent) {
    if (Objects.equals(traceparent, trace())) return this;
    Map<String, Json> all = new LinkedHashMap<>(extensions);
    if (traceparent == null) all.remove(TRACE);
    else all.put(TRACE, new Json.Str(traceparent));
    return new UwerTask(type, namespace, idempotencyKey, correlationId, priority, createdAt, notBefore, deadline, lease,
        retry, check, payload, all);
  }

  private static Map<String, Json> extensions(@Nullable String stored) {
    return stored == null ? Map.of() : TraceContext.members(stored);
  }

  /** The 5.0 form: the body of a submission. */
  public Json json() {
    return EnvelopeWriter.task(this);
  }

  private LeaseTerms leaseTerms() {
    Lease asked = lease;
    if (asked == null) return LeaseTerms.STANDARD;
    return new LeaseTerms(millis(asked.leaseTimeoutMs(), LeaseTerms.STANDARD.leaseTimeout()),
        millis(asked.progressTimeoutMs(), LeaseTerms.STANDARD.progressTimeout()),
        millis(asked.executionTimeoutMs(), LeaseTerms.STANDARD.executionTimeout()));
  }

  private RetryTerms retryTerms() {
    Retry asked = retry;
    if (asked == null) return RetryTerms.STANDARD;
    Integer attempts = asked.maxAttempts();
    return attempts == null ? RetryTerms.of(asked.profile()) : new RetryTerms(asked.profile(), attempts);
  }

  private CheckTerms checkTerms() {
    Check asked = check;
    if (asked == null) return CheckTerms.STANDARD;
    Integer checks = asked.maxChecks();
    return new CheckTerms(millis(asked.pollMs(), CheckTerms.STANDARD.poll()),
        checks == null ? CheckTerms.STANDARD.maxChecks() : checks);
  }

  private static Duration millis(@Nullable Long asked, Duration standard) {
    return asked == null ? standard : Duration.ofMillis(asked);
  }
}
