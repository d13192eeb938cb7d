package dev.pawl.sdk.client;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.Fairness;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.core.value.SearchValue;
import dev.pawl.sdk.Retry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a workflow is started. Filled in by a lambda:
 *
 * <pre>{@code
 * client.start("order", "order-42", order, opts -> opts.queue("orders").onConflict(USE_EXISTING));
 * }</pre>
 */
public final class StartSettings {
  private @Nullable String queue;
  private ReusePolicy reuse = ReusePolicy.ALLOW;
  private ConflictPolicy conflict = ConflictPolicy.FAIL;
  private @Nullable String requestId;
  private @Nullable Duration executionTimeout;
  private @Nullable Duration runTimeout;
  private Duration taskTimeout = StartOptions.PLAIN.taskTimeout();
  private @Nullable RetryPolicy retry;
  private Duration delay = Duration.ZERO;
  private int priority = 5;
  private @Nullable Fairness fairness;
  private @Nullable String buildId;
  private final Map<String, @Nullable Object> memo = new LinkedHashMap<>();
  private final Map<String, SearchValue> attributes = new LinkedHashMap<>();
  private @Nullable Word signal;
  private @Nullable Word update;

  /** A signal or update that comes along. */
  record Word(@Nullable String id, String name, @Nullable Object input) {}

  /** Where workers look for it; the client's queue unless said. */
  public StartSettings queue(String queue) {
    this.queue = queue;
    return this;
  }

  /** Whether the id may be used again after its run closed; {@code ALLOW} unless said. */
  public StartSettings onReuse(ReusePolicy reuse) {
    this.reuse = reuse;
    return this;
  }

  /** What happens while a run of the id is open; {@code FAIL} unless said. */
  public StartSettings onConflict(ConflictPolicy conflict) {
    this.conflict = conflict;
    return this;
  }

  /** Makes the start idempotent: the same id with the same content gets the same run. */
  public StartSettings requestId(String requestId) {
    this.requestId = requestId;
    return this;
  }

  /** Longest life, continue-as-new and retries included; no limit unless said. */
  public StartSettings executionTimeout(Duration limit) {
    this.executionTimeout = limit;
    return this;
  }

  /** Longest life of one run; no limit unless said. */
  public StartSettings runTimeout(Duration limit) {
    this.runTimeout = limit;
    return this;
  }

  /** Longest time the code may compute between two blocking points; 10 s unless said. */
  public StartSettings taskTimeout(Duration limit) {
    this.taskTimeout = limit;
    return this;
  }

  /** What happens when a run fails; it stays failed unless said. */
  public StartSettings retry(Retry retry) {
    this.retry = retry.policy();
    return this;
  }

  /** The first task waits this long. */
  public StartSettings delay(Duration delay) {
    this.delay = delay;
    return this;
  }

  /** 0 first, 5 unless said, 9 last. */
  public StartSettings priority(int priority) {
    this.priority = priority;
    return this;
  }

  /**
   * Whose share of the queue its tasks take, and those of its activities and children, such as a customer: what waits
   * of one priority is served in turns of the keys. Nobody's in particular unless said.
   */
  public StartSettings fairness(String key) {
    return fairness(key, 1);
  }

  /** A key of weight 3 gets three tasks for one of a key of weight 1. @param weight 1 to 1,000 */
  public StartSettings fairness(String key, int weight) {
    this.fairness = new Fairness(key, weight);
    return this;
  }

  /** Only workers of this build take it. */
  public StartSettings buildId(String buildId) {
    this.buildId = buildId;
    return this;
  }

  /** Workers of any build take it, whichever is promoted: it goes on with those of a new build while old ones drain. */
  public StartSettings anyBuild() {
    this.buildId = StartOptions.ANY_BUILD;
    return this;
  }

  /** A field that is shown with the run and never searched. */
  public StartSettings memo(String name, @Nullable Object value) {
    memo.put(name, value);
    return this;
  }

  /** A typed field that runs can be found by. */
  public StartSettings searchAttribute(String name, SearchValue value) {
    attributes.put(name, value);
    return this;
  }

  /** A signal in the same commit, to the new run or the existing one. */
  public StartSettings withSignal(String name, @Nullable Object input) {
    this.signal = new Word(null, name, input);
    return this;
  }

  /** An update admitted in the same commit; wait for it with {@code handle.awaitUpdate(updateId, ...)}. */
  public StartSettings withUpdate(String updateId, String name, @Nullable Object input) {
    this.update = new Word(updateId, name, input);
    return this;
  }

  @Nullable String queue() {
    return queue;
  }

  ReusePolicy reuse() {
    return reuse;
  }

  ConflictPolicy conflict() {
    return conflict;
  }

  @Nullable String requestId() {
    return requestId;
  }

  /** Whether it can be said again and again, under another workflow id each time. */
  boolean isRepeatable() {
    return requestId == null && signal == null && update == null && reuse == ReusePolicy.ALLOW
        && conflict == ConflictPolicy.FAIL;
  }

  @Nullable Word signal() {
    return signal;
  }

  @Nullable Word update() {
    return update;
  }

  Map<String, @Nullable Object> memo() {
    return memo;
  }

  StartOptions options(Map<String, Payload> header, Map<String, Payload> memo) {
    return new StartOptions(executionTimeout, runTimeout, taskTimeout, retry, delay, priority, fairness, buildId,
        header, memo, attributes);
  }
}
