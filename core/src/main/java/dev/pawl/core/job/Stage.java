package dev.pawl.core.job;

/** What the holder of a lease is to do. */
public enum Stage {
  /** Do the work. */
  PROCESS,
  /** Look whether the external effect has come about. */
  CHECK
}
