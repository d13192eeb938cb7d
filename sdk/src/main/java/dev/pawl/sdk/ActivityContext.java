package dev.pawl.sdk;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.value.Payload;
import dev.pawl.sdk.failure.CancelledException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One attempt of an activity, seen from inside. Safe for any number of threads. */
public interface ActivityContext {
  /** Everything about the task: run, step, attempt, epoch, options, last failure. */
  ActivityTask task();

  /** The same in every attempt, on every worker, for ever: hand it to whoever must do the thing once. */
  String idempotencyKey();

  /** From 1. */
  int attempt();

  /** Fencing number of this attempt's lease: higher than that of any attempt before. */
  long epoch();

  /** What travelled along: trace, tenant, user. */
  Map<String, Payload> header();

  /**
   * Says that the work goes on, and what the next attempt should know if this one is lost. Cheap: it travels with the
   * worker's next heartbeat.
   *
   * @throws CancelledException if the activity should stop, because it was cancelled or its lease was lost
   */
  void heartbeat(@Nullable Object details);

  /** The details of the last heartbeat, of this attempt or one before. */
  <T> Optional<T> lastHeartbeat(Class<T> type);

  /** Whether the activity should stop. Its thread is interrupted when this becomes true. */
  boolean isCancelled();

  /**
   * The method's return value will be ignored: somebody else completes the activity with the token, through
   * {@code PawlClient.completeActivity}.
   *
   * @return the token, plain text
   */
  String completeLater();
}
