package dev.pawl.sdk.worker;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.uwer.TraceContext;
import dev.pawl.sdk.job.JobContext;
import dev.pawl.sdk.job.NewJob;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A job in hand, from its grant until its report is answered. */
final class RunningJob implements JobContext {
  final JobGrant grant;
  final SessionId session;
  final TaskToken token;
  private final JobEffects effects;
  private final Function<NewJob, JobSpec> specs;
  private final AtomicLong progress = new AtomicLong();
  private final List<JobSpec> spawned = new ArrayList<>(0);
  private volatile boolean cancelled;
  private volatile boolean lost;
  private long told;
  private @Nullable Thread thread;

  @Nullable Object result;
  @Nullable String externalRef;
  /** Why what it needs is down; null: it is not. */
  @Nullable String unavailable;

  RunningJob(JobGrant grant, SessionId session, JobEffects effects, Function<NewJob, JobSpec> specs) {
    this.grant = grant;
    this.session = session;
    this.token = grant.token();
    this.effects = effects;
    this.specs = specs;
    this.told = grant.job().lease() == null ? 0 : grant.job().lease().progress();
    progress.set(told);
  }

  JobState job() {
    return grant.job();
  }

  // ---- for the worker

  synchronized void runsOn(@Nullable Thread runner) {
    thread = runner;
    if (runner != null && (cancelled || lost)) runner.interrupt();
  }

  private synchronized void interrupt() {
    if (thread != null) thread.interrupt();
  }

  void cancel() {
    cancelled = true;
    interrupt();
  }

  void lose() {
    lost = true;
    interrupt();
  }

  boolean isLost() {
    return lost;
  }

  JobWorkApi.Report report(JobOutcome outcome) {
    return JobWorkApi.Report.of(grant, session, outcome, List.copyOf(spawned));
  }

  /** News since the last time, if there are any. Only the watching thread asks. */
  JobWorkApi.@Nullable Progress news() {
    long now = progress.get();
    if (now == told) return null;
    told = now;
    return new JobWorkApi.Progress(id(), epoch(), session, now);
  }

  // ---- for the handler

  @Override
  public JobId id() {
    return job().id();
  }

  @Override
  public String type() {
    return job().spec().type();
  }

  @Override
  public String key() {
    return job().spec().key();
  }

  @Override
  public int attempt() {
    return job().attempt();
  }

  @Override
  public long epoch() {
    return job().epoch();
  }

  @Override
  public String effectKey() {
    return job().effectKey();
  }

  @Override
  public String effectKey(String step) {
    return effectKey() + "#" + step;
  }

  @Override
  public <T> @Nullable T once(String step, @Nullable Object request, Class<T> type,
      Callable<? extends @Nullable T> work) throws Exception {
    return effects.once(this, null, step, request, type, work);
  }

  @Override
  public <T> @Nullable T once(Connection users, String step, @Nullable Object request, Class<T> type,
      Callable<? extends @Nullable T> work) throws Exception {
    return effects.once(this, users, step, request, type, work);
  }

  @Override
  public boolean ambiguous() {
    return epoch() > 1;
  }

  @Override
  public @Nullable String correlationId() {
    return job().spec().correlationId();
  }

  @Override
  public @Nullable String traceparent() {
    return TraceContext.of(job().spec());
  }

  @Override
  public void result(@Nullable Object value) {
    result = value;
  }

  @Override
  public void awaits(String ref) {
    if (ref.isBlank() || ref.length() > 512) {
      throw new IllegalArgumentException("externalRef: expected 1 to 512 characters, got " + ref.length());
    }
    externalRef = ref;
  }

  @Override
  public void spawn(NewJob job) {
    if (spawned.size() >= 1_000) throw new IllegalArgumentException("spawn: expected at most 1000 jobs");
    spawned.add(specs.apply(job));
  }

  @Override
  public JobApi.CallbackToken callbackToken() {
    return grant.callback();
  }

  @Override
  public void progress() {
    progress.incrementAndGet();
  }

  @Override
  public boolean isCancelled() {
    return cancelled || lost;
  }
}
