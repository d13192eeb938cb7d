package dev.pawl.sdk;

import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.Fairness;
import dev.pawl.core.value.RetryPolicy;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a child workflow is started. Filled in by a lambda:
 *
 * <pre>{@code
 * Children.stub(ShipmentWorkflow.class, opts -> opts.workflowId("ship-" + order.id()).parentClose(ABANDON));
 * }</pre>
 */
public final class ChildSettings {
  private @Nullable String workflowId;
  private @Nullable String queue;
  private @Nullable Duration executionTimeout;
  private @Nullable Duration runTimeout;
  private @Nullable RetryPolicy retry;
  private ParentClosePolicy parentClose = ParentClosePolicy.REQUEST_CANCEL;
  private ActivitySettings.OnCancel onCancel = ActivitySettings.OnCancel.WAIT;
  private Duration delay = Duration.ZERO;
  private int priority = 5;
  private @Nullable Fairness fairness;

  /** Its workflow id; made from the parent's run unless said. */
  public ChildSettings workflowId(String workflowId) {
    this.workflowId = Checks.name("workflowId", workflowId);
    return this;
  }

  /** Where workers look for it; the parent's queue unless said. */
  public ChildSettings queue(String queue) {
    this.queue = Checks.name("queue", queue);
    return this;
  }

  /** Longest life of the child, continue-as-new and retries included; no limit unless said. */
  public ChildSettings executionTimeout(Duration limit) {
    this.executionTimeout = Checks.positive("executionTimeout", limit);
    return this;
  }

  /** Longest life of one run of it; no limit unless said. */
  public ChildSettings runTimeout(Duration limit) {
    this.runTimeout = Checks.positive("runTimeout", limit);
    return this;
  }

  /** What happens when it fails; it stays failed unless said. */
  public ChildSettings retry(Retry retry) {
    this.retry = retry.policy();
    return this;
  }

  /** What becomes of it when the parent closes; it is asked to cancel unless said. */
  public ChildSettings parentClose(ParentClosePolicy policy) {
    this.parentClose = policy;
    return this;
  }

  /** What happens when the scope is cancelled; {@code WAIT} unless said. */
  public ChildSettings onCancel(ActivitySettings.OnCancel onCancel) {
    this.onCancel = onCancel;
    return this;
  }

  /** Its first task waits this long. */
  public ChildSettings delay(Duration delay) {
    this.delay = Checks.notNegative("delay", delay);
    return this;
  }

  /** 0 first, 5 unless said, 9 last. */
  public ChildSettings priority(int priority) {
    this.priority = Checks.priority(priority);
    return this;
  }

  /**
   * Whose share of the queue its tasks take, such as a customer: what waits of one priority is served in turns of the keys.
   * The parent's own unless said.
   */
  public ChildSettings fairness(String key) {
    return fairness(key, 1);
  }

  /** A key of weight 3 gets three tasks for one of a key of weight 1. @param weight 1 to 1,000 */
  public ChildSettings fairness(String key, int weight) {
    this.fairness = Checks.fairness(key, weight);
    return this;
  }

  /** As said; null: made from the run. */
  public @Nullable String workflowId() {
    return workflowId;
  }

  /** As said; null: the parent's. */
  public @Nullable String queue() {
    return queue;
  }

  /** As said. */
  public ParentClosePolicy parentClose() {
    return parentClose;
  }

  /** As said. */
  public ActivitySettings.OnCancel onCancel() {
    return onCancel;
  }

  /** The options as they are recorded. */
  public StartOptions options(Map<String, dev.pawl.core.value.Payload> header) {
    StartOptions plain = StartOptions.PLAIN;
    return new StartOptions(executionTimeout, runTimeout, plain.taskTimeout(), retry, delay, priority, fairness, null,
        header, Map.of(), Map.of());
  }
}
