package dev.pawl.sdk.worker;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.ActivityContext;
import dev.pawl.sdk.failure.CancelledException;
import dev.pawl.sdk.payload.PayloadConverter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One attempt of an activity that runs here. */
final class RunningActivity implements ActivityContext {
  /** Why it should stop. */
  private enum Stop {
    CANCELLED,
    LEASE_LOST
  }

  private final ActivityTask task;
  private final SessionId session;
  private final PayloadConverter converter;
  private final Runnable beatSoon;
  private volatile @Nullable Payload details;
  private volatile boolean news;
  private volatile boolean later;
  private volatile @Nullable Stop stop;
  private volatile @Nullable Thread thread;
  private volatile long lastSent = System.nanoTime();

  RunningActivity(ActivityTask task, SessionId session, PayloadConverter converter, Runnable beatSoon) {
    this.task = task;
    this.session = session;
    this.converter = converter;
    this.beatSoon = beatSoon;
    this.details = task.details();
  }

  SessionId session() {
    return session;
  }

  TaskToken token() {
    return task.token();
  }

  void runsOn(Thread current) {
    thread = current;
    if (stop != null) current.interrupt();
  }

  void leaves() {
    thread = null;
  }

  // ---- from the session

  /** What happened since it was asked last; null: nothing. */
  WorkerApi.@Nullable ActivityBeat takeNews() {
    if (!news) return null;
    news = false;
    lastSent = System.nanoTime();
    return new WorkerApi.ActivityBeat(token(), details);
  }

  void untold() {
    news = true;
  }

  boolean hasNews() {
    return news;
  }

  void cancel() {
    stop(Stop.CANCELLED);
  }

  void leaseLost() {
    stop(Stop.LEASE_LOST);
  }

  private void stop(Stop why) {
    if (stop == why) return;
    stop = why;
    Thread running = thread;
    if (running != null) running.interrupt();
  }

  boolean isLost() {
    return stop == Stop.LEASE_LOST;
  }

  boolean isLater() {
    return later;
  }

  // ---- for the author

  @Override
  public ActivityTask task() {
    return task;
  }

  @Override
  public String idempotencyKey() {
    return task.idempotencyKey();
  }

  @Override
  public int attempt() {
    return task.attempt();
  }

  @Override
  public long epoch() {
    return task.epoch();
  }

  @Override
  public Map<String, Payload> header() {
    return task.header();
  }

  @Override
  public void heartbeat(@Nullable Object about) {
    Stop why = stop;
    if (why == Stop.LEASE_LOST) throw new CancelledException("the lease of this attempt is lost");
    if (about != null) details = converter.toPayload(about, about.getClass());
    news = true;
    Duration limit = task.options().heartbeat();
    // The worker's own pace may be too slow for this one's limit.
    if (limit != null && System.nanoTime() - lastSent > limit.toNanos() / 3) beatSoon.run();
    if (why != null) throw new CancelledException("the activity was asked to stop");
  }

  @Override
  public <T> Optional<T> lastHeartbeat(Class<T> type) {
    Payload last = details;
    return last == null ? Optional.empty() : Optional.ofNullable(type.cast(converter.fromPayload(last, type)));
  }

  @Override
  public boolean isCancelled() {
    return stop != null;
  }

  @Override
  public String completeLater() {
    later = true;
    return token().toString();
  }
}
