package dev.pawl.core.job;

/** Why automation gave up on a job. */
public enum DeadLetterCause {
  ATTEMPTS_EXHAUSTED(false),
  /** Node after node went away under it. */
  LEASE_LOSSES(true),
  /** It ran too long, or reported no progress, in every attempt. */
  EXEC_TIMEOUT(true),
  /** The external effect never came about. */
  VERIFY_TIMEOUT(false),
  /** The external effect was refused in every attempt. */
  VERIFY_REJECTED(false),
  DEADLINE(false),
  /** The worker cannot read the payload. Trying again would not help. */
  POISON_PAYLOAD(false),
  /** No node that knows the type came for a long time. */
  UNREGISTERED_TYPE(true),
  HISTORY_CORRUPT(false),
  HISTORY_DIVERGED(false),
  /** The database refused what the job came to. */
  STORE_RELATED(true),
  /** An operator decided so. */
  OPS(false);

  private final boolean redrivable;

  DeadLetterCause(boolean redrivable) {
    this.redrivable = redrivable;
  }

  /** Whether the policy tries again by itself: the job was not at fault. */
  public boolean redrivable() {
    return redrivable;
  }
}
