package dev.pawl.sdk.job;

import dev.pawl.core.job.JobId;
import dev.pawl.protocol.job.JobApi;
import java.sql.Connection;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The attempt that a handler is in. Used on the handler's own thread, except where said. */
public interface JobContext {
  JobId id();

  String type();

  /** The idempotency key under which it was handed in. */
  String key();

  /** From 1. Lost workers do not count. */
  int attempt();

  /** The fencing number of this lease: what is written under a lower one must not overwrite what is written under it. */
  long epoch();

  /** The key under which the job's effect must happen once: the same in all attempts. */
  String effectKey();

  /** The same of one of several effects: {@code key#step}. */
  String effectKey(String step);

  // ---- the ledger of effects

  /**
   * Does a step of the job, unless an earlier attempt, or one before a redrive, has done it: then its recorded response is
   * the answer. The work may run again when a worker died between its end and the record, as any effect may; give it
   * {@link #effectKey(String)} and {@link #epoch()}. Who has lost the lease records nothing.
   *
   * @param step 1 to 128 characters, not used for anything else in this job
   * @param request what is asked for; another one under the same name is an error. Null: not looked at
   */
  <T> @Nullable T once(String step, @Nullable Object request, Class<T> type, Callable<? extends @Nullable T> work)
      throws Exception;

  /**
   * The same with the work and its record in one transaction of yours, on the engine's own database: then it is done exactly
   * once. You commit; until then nobody takes the lease away.
   */
  <T> @Nullable T once(Connection users, String step, @Nullable Object request, Class<T> type,
      Callable<? extends @Nullable T> work) throws Exception;

  /** An earlier attempt may have had its effect: its worker was lost, it timed out, or it failed half way. */
  boolean ambiguous();

  @Nullable String correlationId();

  /** The W3C trace context that it was handed in with, or its parent was; null: none. Jobs that it spawns inherit it. */
  @Nullable String traceparent();

  // ---- what comes of it

  /** The result that is kept with the job, 2 MiB at most. */
  void result(@Nullable Object value);

  /**
   * The work is set going elsewhere, under this name: from now on it is checked, or called back about. Not more than 512
   * characters.
   */
  void awaits(String externalRef);

  /** Another job, handed in if and only if this attempt is accepted. */
  void spawn(NewJob job);

  /** To be given to whoever will call back about the effect that this attempt sets going. */
  JobApi.CallbackToken callbackToken();

  /** It gets on: a handler that does not say so for too long loses its lease. May be called on any thread. */
  void progress();

  /** Somebody wants it no more, or the lease is lost: stop. The thread is interrupted as well. On any thread. */
  boolean isCancelled();
}
