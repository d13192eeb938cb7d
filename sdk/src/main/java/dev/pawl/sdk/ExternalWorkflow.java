package dev.pawl.sdk;

import org.jspecify.annotations.Nullable;

/** Another workflow, spoken to from inside a workflow. Each call is delivered exactly once. */
public interface ExternalWorkflow {
  /** Whose id it is; which of its runs is the engine's business. */
  String workflowId();

  /** Signals it and waits until it has the signal. Fails if it is not there or closed. */
  void signal(String name, @Nullable Object input);

  /** Signals it and goes on. */
  Promise<@Nullable Void> signalAsync(String name, @Nullable Object input);

  /** Asks it to cancel and waits until it has the request. */
  void cancel(String reason);
}
