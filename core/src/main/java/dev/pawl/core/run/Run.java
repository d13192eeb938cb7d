package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.RunId;

/**
 * One row: the folded history, the workflow task beside it, and the number that guards both.
 *
 * @param version raised by one with every change of the row; a commit lands only on the version it was decided on
 */
public record Run(RunState state, WorkflowTask task, long version) {
  public RunId id() {
    return state.id();
  }

  /**
   * How many events no recorded report has looked at. Those that a report itself brought about count until the next one,
   * if others came in between.
   */
  public long unread() {
    // A parked run counts as having seen nothing; what it had seen is in front of reportSeq.
    long looked = task.report() == 0 ? Math.max(task.seen(), task.reportSeq() - 1) : task.seen();
    return state.lastSeq() - looked;
  }

  /** Whether the program has something to look at that no recorded report has looked at. */
  public boolean needsTurn() {
    if (!state.open() || state.paused()) return false;
    return task.admitted() > 0 || !state.offered().isEmpty()
        || (state.lastWake() > task.seen() && (state.awaited().isEmpty() || state.cancelRequested()));
  }
}
