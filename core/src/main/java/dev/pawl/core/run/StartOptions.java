package dev.pawl.core.run;

import dev.pawl.core.task.Fairness;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.core.value.SearchValue;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run is started with, besides its type and input.
 *
 * @param executionTimeout longest life of the chain of runs, continue-as-new and retries included
 * @param runTimeout longest life of one run
 * @param taskTimeout longest time a program may compute without coming back to the engine; step bodies excluded
 * @param retry what happens when a run fails; null: it stays failed
 * @param delay the first task waits this long
 * @param priority 0 first, 5 by default, 9 last
 * @param fairness whose share of the queue its tasks take, and those of its activities and children that have none of
 *     their own; null: nobody's in particular
 * @param buildId only workers of this build take it; null: those of the build that is promoted, if one is;
 *     {@link #ANY_BUILD}: of any build, whatever is promoted
 * @param header context that travels along: trace, tenant, user
 */
public record StartOptions(
    @Nullable Duration executionTimeout,
    @Nullable Duration runTimeout,
    Duration taskTimeout,
    @Nullable RetryPolicy retry,
    Duration delay,
    int priority,
    @Nullable Fairness fairness,
    @Nullable String buildId,
    Map<String, Payload> header,
    Map<String, Payload> memo,
    Map<String, SearchValue> searchAttributes) {

  /** In place of a build's name, when a run is asked for; a run that began has none. */
  public static final String ANY_BUILD = "*";

  public static final StartOptions PLAIN =
      new StartOptions(null, null, Duration.ofSeconds(10), null, Duration.ZERO, 5, null, null, Map.of(), Map.of(),
          Map.of());

  public StartOptions {
    header = Map.copyOf(header);
    memo = Map.copyOf(memo);
    searchAttributes = Map.copyOf(searchAttributes);
  }

  /** Of nobody's share in particular. */
  public StartOptions(@Nullable Duration executionTimeout, @Nullable Duration runTimeout, Duration taskTimeout,
      @Nullable RetryPolicy retry, Duration delay, int priority, @Nullable String buildId, Map<String, Payload> header,
      Map<String, Payload> memo, Map<String, SearchValue> searchAttributes) {
    this(executionTimeout, runTimeout, taskTimeout, retry, delay, priority, null, buildId, header, memo,
        searchAttributes);
  }

  /** These as a child's: with the parent's share, and on the parent's queue for its build, where they say none. */
  StartOptions under(StartOptions parent, boolean onItsQueue) {
    StartOptions shared = fairness != null || parent.fairness == null ? this : with(parent.fairness);
    String build = parent.buildId;
    return build == null || buildId != null || !onItsQueue ? shared : shared.pinnedTo(build);
  }

  /** Whether whoever starts the run chose that it is for workers of any build. */
  public boolean isForAnyBuild() {
    return ANY_BUILD.equals(buildId);
  }

  StartOptions pinnedTo(@Nullable String build) {
    return new StartOptions(executionTimeout, runTimeout, taskTimeout, retry, delay, priority, fairness, build, header,
        memo, searchAttributes);
  }

  public StartOptions with(@Nullable Fairness share) {
    return new StartOptions(executionTimeout, runTimeout, taskTimeout, retry, delay, priority, share, buildId, header,
        memo, searchAttributes);
  }
}
