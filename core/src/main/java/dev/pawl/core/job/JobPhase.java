package dev.pawl.core.job;

/** The business state of a job. Never says who is working on it: "running" is displayed when a lease stands. */
public enum JobPhase {
  /** Accepted, due in the future. */
  SCHEDULED,
  /** In the queue. */
  READY,
  /** Processed; an external effect is outstanding, to be checked or called back about. */
  AWAITING,
  /** Parked by an operator, always until an instant. */
  HELD,
  /** Done. */
  SUCCEEDED,
  /** Rejected for good by the handler. */
  FAILED,
  /** Automation gave up; the cause is kept. */
  DEAD_LETTERED,
  /** Stopped on request. */
  CANCELLED;

  public boolean terminal() {
    return compareTo(SUCCEEDED) >= 0;
  }

  /** Whether a lease can stand beside this phase. */
  public boolean leasable() {
    return this == READY || this == AWAITING;
  }
}
