package dev.pawl.sdk.replay;

import dev.pawl.core.value.RunId;
import dev.pawl.sdk.ChildHandle;
import dev.pawl.sdk.Promise;
import org.jspecify.annotations.Nullable;

/** A child that was asked for. */
record Child<O extends @Nullable Object>(ProgramCalls calls, Ask ask, String workflowId, Promise<O> result)
    implements ChildHandle<O> {

  @Override
  public Promise<RunId> started() {
    if (ask.started == null) throw new IllegalStateException("not a child");
    return ask.started;
  }

  @Override
  public void signal(String name, @Nullable Object input) {
    started().get(); // before that there is nobody who could have the signal
    calls.signal(workflowId, name, input).get();
  }

  @Override
  public void cancel(String reason) {
    started().get();
    calls.askToCancel(workflowId, reason).get();
  }
}
