package dev.pawl.sdk;

import org.jspecify.annotations.Nullable;

/** Another workflow, spoken to from inside a workflow. Each call is delivered exactly once. */
public interface ExternalWorkflow {
  /** Whose id it is; which of its runs is the engine's business. */
  String workflowId();

  /** Signals it and waits until it has the signal. Fails if it is not there or closed. */
  void signal(String name, @Nullable Object input);

  /**
   * It with types: each method of the interface is the signal of its name, with at most one argument.
   *
   * <pre>{@code
   * interface AccountSignals { void purchase(Purchase purchase); }
   * Pawl.external("ann").as(AccountSignals.class).purchase(new Purchase("p-1", 1_000));
   * }</pre>
   */
  default <S> S as(Class<S> signals) {
    return SignalProxy.of(signals, this::signal);
  }

  /** Signals it and goes on. */
  Promise<@Nullable Void> signalAsync(String name, @Nullable Object input);

  /** Asks it to cancel and waits until it has the request. */
  void cancel(String reason);
}
