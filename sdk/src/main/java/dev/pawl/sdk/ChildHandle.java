package dev.pawl.sdk;

import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/** A child workflow that was asked for. */
public interface ChildHandle<O extends @Nullable Object> {
  /** Its workflow id: the one that was given, or one made from the parent's run. */
  String workflowId();

  /** Kept when the child has been started; fails if it could not be. */
  Promise<RunId> started();

  /** Kept with the child's result, over its continue-as-new and retries. */
  Promise<O> result();

  /** Signals the child and waits until it has the signal. */
  void signal(String name, @Nullable Object input);

  /** Asks the child to cancel and waits until it has the request. */
  void cancel(String reason);
}
