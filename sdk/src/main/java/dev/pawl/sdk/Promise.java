package dev.pawl.sdk;

import dev.pawl.sdk.failure.CancelledException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A result that may not be there yet, inside a workflow. Waiting parks the workflow, not a machine: it may last months.
 *
 * <pre>{@code
 * Promise<Quote> a = Pawl.async(() -> carriers.quote("north", parcel));
 * Promise<Quote> b = Pawl.async(() -> carriers.quote("south", parcel));
 * Quote first = Promise.any(List.of(a, b)).get(Duration.ofMinutes(5));
 * }</pre>
 */
public interface Promise<T extends @Nullable Object> {
  /**
   * Waits for the result.
   *
   * @throws CancelledException if the scope of the caller is cancelled first
   * @throws RuntimeException the failure, as the call itself would have thrown it
   */
  T get();

  /**
   * Waits for the result, but not longer than this. A durable timer is started only if the result is not there yet.
   *
   * @throws WaitTimedOutException if it is not there by then; the promise lives on
   */
  T get(Duration patience);

  /** Whether there is a result or a failure. */
  boolean isDone();

  /** Whether it is done and failed. */
  boolean isFailed();

  /** A promise that is kept already. */
  static <T extends @Nullable Object> Promise<T> of(T value) {
    return WorkflowRuntime.current().kept(value);
  }

  /** All results in the order of the promises; the first failure fails it at once. */
  static <T extends @Nullable Object> Promise<List<T>> all(List<? extends Promise<? extends T>> promises) {
    return WorkflowRuntime.current().all(promises);
  }

  /** The first success; fails only when all failed, with the last failure. */
  static <T extends @Nullable Object> Promise<T> any(List<? extends Promise<? extends T>> promises) {
    return WorkflowRuntime.current().any(promises);
  }

  /** Whatever comes first, success or failure. */
  static <T extends @Nullable Object> Promise<T> race(List<? extends Promise<? extends T>> promises) {
    return WorkflowRuntime.current().race(promises);
  }
}
