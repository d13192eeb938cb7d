package dev.pawl.sdk.job;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.uwer.Digests;
import dev.pawl.protocol.uwer.TraceContext;
import dev.pawl.sdk.payload.JsonConverter;
import dev.pawl.sdk.payload.PayloadConverter;
import java.lang.reflect.Type;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Hands jobs in and asks about them, with the user's types. Immutable and safe for any number of threads.
 *
 * <pre>{@code
 * Jobs jobs = Jobs.on(engine.jobs());
 * jobs.enqueue("inventory.sync", "sync:2026-12-24:sku-991", new Sync(991));
 * jobs.enqueue(Jobs.job("invoice.send", "invoice-17", invoice).delayed(Duration.ofHours(1)).priority(2));
 * }</pre>
 *
 * <p>Two jobs of one type with one key and one payload are one job: handing it in again, after an answer that was lost, is
 * harmless. With another payload it is refused ({@code UWER-4091}). What a converter has encrypted cannot be compared;
 * there the key alone decides.
 */
public final class Jobs {
  private final JobApi api;
  private final PayloadConverter converter;
  private final String namespace;
  private final InstantSource clock;

  private Jobs(JobApi api, PayloadConverter converter, String namespace, InstantSource clock) {
    this.api = api;
    this.converter = converter;
    this.namespace = namespace;
    this.clock = clock;
  }

  /** Jobs of namespace {@code default}; values travel as JSON. */
  public static Jobs on(JobApi api) {
    return on(api, JsonConverter.standard());
  }

  /** Jobs with the user's own converter and codecs. */
  public static Jobs on(JobApi api, PayloadConverter converter) {
    return new Jobs(api, converter, "default", InstantSource.system());
  }

  /** The same in another namespace. */
  public Jobs namespace(String name) {
    return new Jobs(api, converter, name, clock);
  }

  /** The same under another clock, from which delays are counted. For tests that own the time. */
  public Jobs clock(InstantSource source) {
    return new Jobs(api, converter, namespace, source);
  }

  // ---- what is handed in, and who does it

  /** A job of one key: handed in twice it is one job. */
  public static NewJob job(String type, String key, @Nullable Object payload) {
    return NewJob.of(type, key, payload);
  }

  /** A job that nobody hands in twice: its key is drawn. */
  public static NewJob job(String type, @Nullable Object payload) {
    return NewJob.of(type, UUID.randomUUID().toString(), payload);
  }

  /** The work of jobs of one type. */
  public static <P> JobHandler<P> handler(String type, Class<P> payload, JobBody<P> process) {
    return handler(type, (Type) payload, process);
  }

  /** The same for a generic payload, see {@link dev.pawl.sdk.TypeRef}. */
  public static <P> JobHandler<P> handler(String type, Type payload, JobBody<P> process) {
    return new JobHandler<>(type, payload, process, null, null, null, null);
  }

  // ---- handing in

  /** @throws dev.pawl.protocol.job.JobRefusedException nothing was stored */
  public JobId enqueue(String type, String key, @Nullable Object payload) {
    return enqueue(job(type, key, payload));
  }

  /** @throws dev.pawl.protocol.job.JobRefusedException nothing was stored */
  public JobId enqueue(NewJob job) {
    return api.submit(List.of(JobApi.Submission.of(spec(job)))).getFirst().get().job();
  }

  /** Hands many in with as few commits as possible. One answer each, in order: one that is refused harms no other. */
  public List<JobAnswer<SubmitJob.Submitted>> enqueueAll(List<NewJob> jobs) {
    List<JobApi.Submission> all = new ArrayList<>(jobs.size());
    for (NewJob job : jobs) all.add(JobApi.Submission.of(spec(job)));
    return api.submit(all);
  }

  /**
   * Hands a job in within the caller's own transaction on the engine's database: it exists if and only if that commits.
   *
   * @throws dev.pawl.protocol.job.JobRefusedException nothing was written
   * @throws IllegalStateException the engine is not in this process
   */
  public JobId enqueueIn(Connection transaction, NewJob job) {
    JobApi.Joined joined = api.inTransaction(transaction).orElseThrow(
        () -> new IllegalStateException("a job joins a transaction only where the engine is in the same process"));
    return joined.submit(JobApi.Submission.of(spec(job))).job();
  }

  /**
   * Hands many in that are waited for together: when all of them are over, one job of type {@code callback} is born, whose
   * payload is a {@link BatchDone}. After a crash in the middle the same call completes it.
   *
   * @param id 1 to 128 characters
   * @return one answer each, in order; one that is refused is no part of the batch
   * @throws dev.pawl.protocol.job.JobRefusedException the batch is there with another callback
   */
  public List<JobAnswer<SubmitJob.Submitted>> batch(String id, String callback, List<NewJob> jobs) {
    api.openBatch(namespace, id, callback).get();
    List<JobAnswer<SubmitJob.Submitted>> answers = enqueueAll(jobs.stream().map(job -> job.batch(id)).toList());
    api.closeBatch(namespace, id).get();
    return answers;
  }

  private JobSpec spec(NewJob job) {
    return spec(namespace, converter, clock.instant(), job);
  }

  /** What is handed in for a job: the payload converted, its digest taken, its delay counted from {@code now}. */
  public static JobSpec spec(String namespace, PayloadConverter converter, Instant now, NewJob job) {
    Payload payload = converter.toPayload(job.payload(), job.payload() == null ? Object.class : job.payload().getClass());
    String digest = payload.codec().equals(Payload.JSON) || payload.codec().equals(JsonConverter.BYTES)
        ? Digests.of(namespace, job.type(), payload)
        : Digests.of(namespace, job.type(), Payload.wrap("key", job.key().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    Instant start = job.delay() == null ? job.start() : now.plus(job.delay());
    return new JobSpec(namespace, job.type(), job.key(), digest, job.correlationId(), job.priority(), now, start,
        job.deadline(), job.lease(), job.retry(), job.check(), payload, null,
        job.traceparent() == null ? null : TraceContext.with(null, job.traceparent()), job.ties());
  }

  // ---- asking

  /** Open or finished; empty: there is none. */
  public Optional<JobState> state(JobId job) {
    return api.get(namespace, job);
  }

  public Optional<JobState> find(String type, String key) {
    return api.find(namespace, type, key);
  }

  /**
   * The result of a job that has succeeded.
   *
   * @throws IllegalStateException it has not
   */
  @SuppressWarnings("unchecked")
  public <R> @Nullable R result(JobId job, Class<R> type) {
    JobState state = state(job).orElseThrow(() -> new IllegalStateException("there is no job " + job));
    var ending = state.ending();
    if (state.phase() != JobPhase.SUCCEEDED || ending == null) {
      throw new IllegalStateException("job %s is %s".formatted(job, state.phase()));
    }
    Payload result = ending.result();
    return result == null ? null : (R) converter.fromPayload(result, type);
  }

  /** It is wanted no more. Who works on it is told and has a little while; what succeeds in that while stands. */
  public JobPhase cancel(JobId job) {
    return api.cancel(namespace, job, CALLER).get();
  }

  // ---- callbacks

  /** The external effect that this token stands for has come about. Saying it again is harmless. */
  public JobPhase completed(JobApi.CallbackToken token, @Nullable Object result) {
    Payload payload = converter.toPayload(result, result == null ? Object.class : result.getClass());
    return api.callback(new JobApi.Callback(token, Digests.of(namespace, "callback", payload), payload, null, CALLER)).get();
  }

  /** The external effect that this token stands for will not come about; the work is done again. */
  public JobPhase rejected(JobApi.CallbackToken token, String why) {
    JobError error = new JobError(UwerCode.INTERNAL.wire(), "Effect refused", why, true, null);
    String digest = Digests.of(namespace, "callback", Payload.wrap("error", why.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    return api.callback(new JobApi.Callback(token, digest, null, error, CALLER)).get();
  }

  private static final Actor CALLER = new Actor(Actor.Kind.CALLER, "sdk");
}
