package dev.pawl.core.run;

/** What a start does while a run of the same workflow id is open. */
public enum ConflictPolicy {
  FAIL,
  /** The open run is the answer; signals and updates that came along go to it. */
  USE_EXISTING,
  TERMINATE_EXISTING
}
