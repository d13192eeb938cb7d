package dev.pawl.engine.store;

import java.util.List;

/** Limits per minute that all nodes share. A minute begins when the database's clock says so. */
public interface Budgets {
  /**
   * @param scope names the limit in its namespace, at most 255 characters
   * @param most in one minute
   */
  record Budget(String namespace, String scope, long most) {}

  /** Spends one of each. False: one of them is used up in this minute, and nothing was spent. */
  boolean spend(List<Budget> budgets);

  /** What was spent in this minute. */
  long used(String namespace, String scope);
}
