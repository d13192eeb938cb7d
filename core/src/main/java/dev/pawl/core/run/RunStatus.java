package dev.pawl.core.run;

/** Business status of a run. Who works on it is never part of it. */
public enum RunStatus {
  RUNNING,
  COMPLETED,
  FAILED,
  CANCELLED,
  TERMINATED,
  TIMED_OUT,
  /** Closed by continue-as-new, or by a retry of the whole run; the chain goes on. */
  CONTINUED,
  /** Closed by a reset; the chain goes on in the new run. */
  RESET;

  public boolean closed() {
    return this != RUNNING;
  }

  /** Whether the chain's story ended with this run. */
  public boolean endsChain() {
    return closed() && this != CONTINUED && this != RESET;
  }
}
