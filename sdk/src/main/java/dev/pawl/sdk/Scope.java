package dev.pawl.sdk;

import dev.pawl.sdk.failure.CancelledException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A part of a workflow that can be cancelled as one. Every timer, activity, child and wait belongs to the scope that it
 * was made in. Cancelling a scope cancels what is open in it and in the scopes below; blocking points throw
 * {@link CancelledException}. The root scope is cancelled when somebody asks the run to cancel.
 *
 * <pre>{@code
 * Scope search = Scope.open();
 * Promise<Hotel> hotel = search.async(() -> hotels.find(trip));
 * if (!Pawl.await(hotel::isDone, Duration.ofMinutes(1))) search.cancel("took too long");
 * }</pre>
 */
public interface Scope {
  /** A new scope below the current one; cancelled when that one is. */
  static Scope open() {
    return WorkflowRuntime.current().openScope(false);
  }

  /** A new scope below nothing: for clean-up that must go on while everything else is cancelled. */
  static Scope detached() {
    return WorkflowRuntime.current().openScope(true);
  }

  /** The scope that the calling code runs in. */
  static Scope current() {
    return WorkflowRuntime.current().currentScope();
  }

  /** Runs here and now, inside this scope. */
  void run(Runnable body);

  /** Runs here and now, inside this scope, and gives the result. */
  <T extends @Nullable Object> T call(Supplier<T> body);

  /** Runs beside the caller, inside this scope. */
  <T extends @Nullable Object> Promise<T> async(Supplier<T> body);

  /** Cancels everything inside. A second call changes nothing. */
  void cancel(String reason);

  /** Whether it was cancelled, by itself or from above. */
  boolean isCancelled();

  /** Why it was cancelled; null if it was not. */
  @Nullable String reason();
}
