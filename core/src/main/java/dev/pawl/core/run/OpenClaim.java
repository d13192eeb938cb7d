package dev.pawl.core.run;

import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/** Finds, in the current run of a chain, what an answer from another workflow belongs to. */
final class OpenClaim {
  private OpenClaim() {}

  /**
   * The run that still waits for the answer at the link's step; null if there is none: it went on, or it was continued.
   * A run that copied the events of another by a reset waits for what the other one asked for.
   */
  static @Nullable Run waiting(Situation situation, ParentLink link) {
    Run run = Addressed.run(situation, link.namespace(), link.workflowId());
    if (run == null || !run.state().open()) return null;
    boolean asked = run.id().equals(link.runId()) || run.state().started().resetOf() != null;
    return asked ? run : null;
  }

  /**
   * The open child that a notice is about; null if there is none.
   *
   * @param firstRun of the child's chain; null: it never began
   */
  static RunState.@Nullable OpenChild child(
      @Nullable Run parent, ParentLink link, String workflowId, @Nullable RunId firstRun) {
    RunState.OpenChild child = parent == null ? null : parent.state().children().get(link.step());
    if (child == null || !child.workflowId().equals(workflowId)) return null;
    return child.run() == null || child.run().equals(firstRun) ? child : null;
  }
}
