package dev.pawl.core.run;

/** What becomes of an open child when the run that started it closes in any way but a reset. */
public enum ParentClosePolicy {
  /** The child goes on alone. */
  ABANDON,
  /** The child is asked to cancel. */
  REQUEST_CANCEL,
  /** The child is terminated. */
  TERMINATE
}
