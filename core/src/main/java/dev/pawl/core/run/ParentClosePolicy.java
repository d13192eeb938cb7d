package dev.pawl.core.run;

/** What becomes of a child when its parent's chain closes. */
public enum ParentClosePolicy {
  /** The child goes on alone. */
  ABANDON,
  /** The child is asked to cancel. */
  REQUEST_CANCEL,
  /** The child is terminated. */
  TERMINATE
}
