package dev.pawl.core.run;

/** Whether a workflow id may be used again after its run closed. */
public enum ReusePolicy {
  ALLOW,
  /** Only if the last run did not complete. */
  ALLOW_FAILED_ONLY,
  REJECT,
  /** Also while a run is open: it is terminated in the same commit. */
  TERMINATE_EXISTING
}
