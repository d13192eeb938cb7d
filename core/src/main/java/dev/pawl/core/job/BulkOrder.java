package dev.pawl.core.job;

import java.util.Optional;

/**
 * May an act be done to many jobs at once? Each of them is then decided, and audited, alone.
 *
 * @param matched how many jobs the selector names
 * @param rehearsed whether the same order was a dry run before
 */
public record BulkOrder(OperatorAct act, OperatorPapers papers, int matched, boolean rehearsed) {
  /** No order concerns more jobs than this. */
  public static final int CAP = 10_000;

  /** A redrive of more jobs than this takes two people. */
  public static final int ALONE = 100;

  /** Why not; empty: it may. A dry run is always allowed to those with papers. */
  public Optional<JobDecision.Refused<Void>> refusal(boolean dryRun) {
    boolean grave = act instanceof OperatorAct.ForceSucceed;
    boolean twoPeople = grave || (act instanceof OperatorAct.Redrive && matched > ALONE && !dryRun);
    var flaw = papers.flaw(grave, twoPeople);
    if (flaw.isPresent()) {
      return refused(flaw.get().code(), flaw.get().message(), flaw.get().pointer());
    }
    if (matched > CAP) {
      return refused(UwerCode.ADMISSION_REFUSED,
          "the selector names %d jobs; at most %d at once".formatted(matched, CAP), "/selector");
    }
    if (!dryRun && !rehearsed) {
      return refused(UwerCode.SCHEMA_VIOLATION, "a bulk order needs a dry run first", "/dry_run");
    }
    return Optional.empty();
  }

  private static Optional<JobDecision.Refused<Void>> refused(UwerCode code, String message, String pointer) {
    return Optional.of(new JobDecision.Refused<>(code, message, pointer, null));
  }
}
