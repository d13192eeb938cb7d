package dev.pawl.sdk.worker;

import dev.pawl.sdk.replay.ReplayEnvironment;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a worker. Filled in by a lambda:
 *
 * <pre>{@code
 * Worker.on(api, converter).settings(set -> { set.activities = 50; set.cachedRuns = 10_000; })
 * }</pre>
 */
public final class WorkerSettings {
  /** Name for people; host and process id unless said. */
  public @Nullable String name;

  /** Build of the code, for runs that are pinned to one. */
  public @Nullable String buildId;

  /** Runs that are worked on at the same time. */
  public int workflows = 400;

  /** Activities that run at the same time. */
  public int activities = 200;

  /** Queries answered at the same time; 0: this worker answers none. */
  public int queries = 4;

  /** Most activities started per second; 0: no limit. */
  public double activitiesPerSecond;

  /** Parked runs that are kept in memory; 0: every task replays from the beginning. */
  public int cachedRuns = 5_000;

  /** A step whose back-off is longer gives its lease back and waits in the database instead of here. */
  public Duration retryInPlace = ReplayEnvironment.RETRY_IN_PLACE;

  /** How long a poll waits for work. */
  public Duration patience = Duration.ofSeconds(20);

  /** Polls of one kind that may be open at the same time; more than one only while polls bring work. */
  public int pollers = 4;

  /** How long {@link Worker#close} lets work finish before it is given back. */
  public Duration drain = Duration.ofSeconds(30);

  /** Told when a lease is gone and its work was interrupted; the token is what the lease was for. */
  public Consumer<dev.pawl.core.task.TaskToken> onLeaseLost = token -> {};

  void check() {
    atLeast(1, "workflows", workflows);
    atLeast(1, "activities", activities);
    atLeast(0, "queries", queries);
    atLeast(0, "cachedRuns", cachedRuns);
    atLeast(1, "pollers", pollers);
    if (!(activitiesPerSecond >= 0)) {
      throw new IllegalArgumentException("activitiesPerSecond: expected 0 or more, got " + activitiesPerSecond);
    }
    if (patience.isNegative() || patience.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new IllegalArgumentException("patience: expected 0 s to 5 min, got " + patience);
    }
    if (drain.isNegative()) throw new IllegalArgumentException("drain: expected 0 or more, got " + drain);
  }

  private static void atLeast(int least, String field, int value) {
    if (value < least) throw new IllegalArgumentException("%s: expected %d or more, got %d".formatted(field, least, value));
  }

  /** Tells, and does not let a problem of the one who is told stop what has to be stopped. */
  void tellLost(dev.pawl.core.task.TaskToken token) {
    try {
      onLeaseLost.accept(token);
    } catch (RuntimeException e) {
      org.slf4j.LoggerFactory.getLogger(WorkerSettings.class).warn("onLeaseLost failed for {}", token, e);
    }
  }

  WorkerSettings() {}
}
