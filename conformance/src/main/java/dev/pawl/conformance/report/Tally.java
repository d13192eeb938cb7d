package dev.pawl.conformance.report;

import dev.pawl.conformance.suite.Result;
import dev.pawl.conformance.suite.Result.Verdict;
import java.util.List;

/** How many of what. */
public record Tally(long passed, long failed, long skipped) {
  public static Tally of(List<Result> results) {
    return new Tally(count(results, Verdict.PASSED), count(results, Verdict.FAILED), count(results, Verdict.SKIPPED));
  }

  private static long count(List<Result> results, Verdict verdict) {
    return results.stream().filter(one -> one.verdict() == verdict).count();
  }

  @Override
  public String toString() {
    return "%d passed, %d failed, %d skipped".formatted(passed, failed, skipped);
  }
}
