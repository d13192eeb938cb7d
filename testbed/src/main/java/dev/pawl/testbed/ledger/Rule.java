package dev.pawl.testbed.ledger;

/** Which calls the ledger applies. */
public enum Rule {
  /** Every one: shows how often a step really ran. */
  RECORD,
  /** The first of each key, as a provider with idempotency keys would. */
  IDEMPOTENT,
  /** Every one, except under an epoch lower than the highest seen for the key. */
  FENCED
}
