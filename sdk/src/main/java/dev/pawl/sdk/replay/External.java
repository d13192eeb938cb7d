package dev.pawl.sdk.replay;

import dev.pawl.sdk.ExternalWorkflow;
import dev.pawl.sdk.Promise;
import org.jspecify.annotations.Nullable;

/** Another workflow, by its id. */
record External(ProgramCalls calls, String workflowId) implements ExternalWorkflow {
  @Override
  public void signal(String name, @Nullable Object input) {
    signalAsync(name, input).get();
  }

  @Override
  public Promise<@Nullable Void> signalAsync(String name, @Nullable Object input) {
    return calls.signal(workflowId, name, input);
  }

  @Override
  public void cancel(String reason) {
    calls.askToCancel(workflowId, reason).get();
  }
}
