package dev.pawl.testbed.ledger;

/** What the ledger made of a call. */
public enum Verdict {
  /** It had its effect. */
  APPLIED,
  /** Its key had been applied before; nothing happened. */
  DUPLICATE,
  /** A higher epoch had been seen for its key; nothing happened. */
  FENCED,
  /** The ledger failed on purpose; nothing happened. */
  FAILED,
  /** No effect: a worker said what it was about to do or had heard, see {@link LedgerClient#note}. */
  NOTED
}
