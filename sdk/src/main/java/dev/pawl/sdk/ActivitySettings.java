package dev.pawl.sdk;

import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.Fairness;
import dev.pawl.sdk.failure.CancelledException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an activity is handed out and given up. Filled in by a lambda:
 *
 * <pre>{@code
 * Activities.stub(PaymentActivities.class, opts -> opts.startToClose(Duration.ofSeconds(30)).queue("payments"));
 * }</pre>
 */
public final class ActivitySettings {
  /** What becomes of an open activity when its scope is cancelled. */
  public enum OnCancel {
    /** Ask it to stop and go on at once: the call throws {@link CancelledException}. */
    ASK,
    /** Ask it to stop and wait for how it ends. */
    WAIT,
    /** Let it run and go on at once. */
    ABANDON
  }

  private @Nullable String name;
  private @Nullable String queue;
  private @Nullable Duration scheduleToStart;
  private @Nullable Duration startToClose;
  private @Nullable Duration scheduleToClose;
  private @Nullable Duration heartbeat;
  private Retry retry = Retry.exponential();
  private int priority = 5;
  private @Nullable Fairness fairness;
  private OnCancel onCancel = OnCancel.ASK;

  /** The registered name of the interface behind a stub; methods are {@code name.method}. Only needed if this worker does not register it. */
  public ActivitySettings name(String name) {
    this.name = name;
    return this;
  }

  /** Where workers look for it; the run's own queue unless said. */
  public ActivitySettings queue(String queue) {
    this.queue = Checks.name("queue", queue);
    return this;
  }

  /** Longest wait in the queue, per attempt; no limit unless said. */
  public ActivitySettings scheduleToStart(Duration limit) {
    this.scheduleToStart = Checks.positive("scheduleToStart", limit);
    return this;
  }

  /** Longest run of one attempt; 10 minutes unless this or {@link #scheduleToClose} is said. */
  public ActivitySettings startToClose(Duration limit) {
    this.startToClose = Checks.positive("startToClose", limit);
    return this;
  }

  /** Longest time for all attempts together; no limit unless said. */
  public ActivitySettings scheduleToClose(Duration limit) {
    this.scheduleToClose = Checks.positive("scheduleToClose", limit);
    return this;
  }

  /** Longest silence of one attempt that calls {@code heartbeat}; not watched unless said. */
  public ActivitySettings heartbeat(Duration limit) {
    this.heartbeat = Checks.positive("heartbeat", limit);
    return this;
  }

  /** Whether a failed attempt is tried again; {@link Retry#exponential()} unless said. */
  public ActivitySettings retry(Retry retry) {
    this.retry = retry;
    return this;
  }

  /** 0 first, 5 unless said, 9 last. */
  public ActivitySettings priority(int priority) {
    this.priority = Checks.priority(priority);
    return this;
  }

  /**
   * Whose share of the queue it takes, such as a customer: what waits of one priority is served in turns of the keys.
   * The run's own unless said.
   */
  public ActivitySettings fairness(String key) {
    return fairness(key, 1);
  }

  /** A key of weight 3 gets three tasks for one of a key of weight 1. @param weight 1 to 1,000 */
  public ActivitySettings fairness(String key, int weight) {
    this.fairness = Checks.fairness(key, weight);
    return this;
  }

  /** {@link OnCancel#ASK} unless said. */
  public ActivitySettings onCancel(OnCancel onCancel) {
    this.onCancel = onCancel;
    return this;
  }

  /** As said; null: as registered. */
  public @Nullable String name() {
    return name;
  }

  /** As said. */
  public OnCancel onCancel() {
    return onCancel;
  }

  /** The options as they are recorded; {@code ownQueue} is the queue of the run. */
  public ActivityOptions options(String ownQueue) {
    Duration attempt = startToClose == null && scheduleToClose == null ? Duration.ofMinutes(10) : startToClose;
    return new ActivityOptions(queue == null ? ownQueue : queue, scheduleToStart, attempt, scheduleToClose, heartbeat,
        retry.policy(), priority, fairness);
  }
}
