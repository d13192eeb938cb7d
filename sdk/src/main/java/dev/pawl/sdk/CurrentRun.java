package dev.pawl.sdk;

import org.jspecify.annotations.Nullable;

/** Which run the calling thread belongs to. Set by the replay runtime for the threads it owns. */
public final class CurrentRun {
  private static final ThreadLocal<@Nullable WorkflowRuntime> RUN = new ThreadLocal<>();

  private CurrentRun() {}

  static WorkflowRuntime get() {
    WorkflowRuntime run = RUN.get();
    if (run != null) return run;
    if (Step.inside()) {
      throw new IllegalStateException(
          "Pawl.* was called inside the body of a step; a body is outside of the workflow: call it around the step");
    }
    if (Activity.inside()) {
      throw new IllegalStateException("Pawl.* was called inside an activity; it is for workflow code only");
    }
    throw new OutsideWorkflow(("Pawl.* was called on thread '%s', which belongs to no workflow. Workflow code must "
        + "stay on its own thread: use Pawl.async instead of executors, and Pawl.step for what needs them")
        .formatted(Thread.currentThread().getName()));
  }

  /** Workflow code was called where no workflow runs. */
  public static final class OutsideWorkflow extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    OutsideWorkflow(String message) {
      super(message);
    }
  }

  /** Binds the calling thread; null frees it. @return what it was bound to */
  public static @Nullable WorkflowRuntime bind(@Nullable WorkflowRuntime run) {
    WorkflowRuntime before = RUN.get();
    if (run == null) RUN.remove();
    else RUN.set(run);
    return before;
  }
}
