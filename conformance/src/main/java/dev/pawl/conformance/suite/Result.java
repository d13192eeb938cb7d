package dev.pawl.conformance.suite;

import java.time.Duration;

/**
 * What came of a case.
 *
 * @param why it failed or was skipped; empty if it passed
 * @param transcript the last exchanges of a case that failed; else empty
 */
public record Result(Case played, Verdict verdict, String why, String transcript, Duration took) {
  /** A case that was skipped says nothing about the server. */
  public enum Verdict {
    PASSED,
    FAILED,
    SKIPPED
  }
}
