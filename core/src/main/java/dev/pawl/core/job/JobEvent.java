package dev.pawl.core.job;

/** What can happen to a job, in the order of the contract's matrix. */
public enum JobEvent {
  SUBMIT,
  DUE,
  GRANT,
  RENEW,
  OK,
  OK_EXTERNAL,
  CHECK_OK,
  CHECK_PENDING,
  CHECK_REJECTED,
  ERR_RETRY,
  ERR_FATAL,
  ABANDON,
  LEASE_EXPIRED,
  NODE_LOST,
  LEASE_UNLISTED,
  EXEC_TIMEOUT,
  PROGRESS_TIMEOUT,
  /** The holder was told of a cancel and did not stop in time. */
  CANCEL_GRACE_OVER,
  DEADLINE,
  CALLBACK_OK,
  CALLBACK_REJECTED,
  CANCEL,
  HOLD_EXPIRED,
  AUTO_REDRIVE,
  /** The dispatcher or the engine gives up for a reason outside the job's own budgets. */
  GIVE_UP,
  HOLD,
  RELEASE,
  FORCE_REVOKE,
  FORCE_FAIL,
  FORCE_DEAD_LETTER,
  FORCE_SUCCEED,
  REDRIVE;

  /** Events that only an operator brings about, with a ticket. */
  public boolean manual() {
    return compareTo(HOLD) >= 0;
  }
}
