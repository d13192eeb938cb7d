package dev.pawl.engine.store.sql;

/** What an {@code SQLException} means for us. */
enum Trouble {
  /** Deadlock, serialization, lock timeout: nothing happened, do it again. */
  RETRY,
  /** The connection is gone or unusable; a commit under way may or may not have happened. */
  LOST,
  /** The database is full, read-only or shutting down; nothing happened, waiting may help. */
  UNWILLING,
  /** It read for longer than it may, and was given up. */
  EXPENSIVE,
  /** A row with this key is there already: a race, or a defect if it stays. */
  DUPLICATE,
  /** This data is refused, whatever is tried. */
  DATA,
  /** A wrong statement, a missing table: our fault. */
  DEFECT
}
