package dev.pawl.core.job;

import java.util.Optional;

/**
 * May an act be done to many jobs or runs at once? Each of them is then decided, and audited, alone.
 *
 * @param matched how many the selector names
 * @param rehearsed whether the same order was a dry run before
 */
public record BulkOrder(Weight weight, OperatorPapers papers, int matched, boolean rehearsed) {
  /** Who has to stand behind it. */
  public enum Weight {
    /** Nothing is declared true that the engine does not know. */
    PLAIN,
    /** Two people, if it is a redrive of more than {@link #ALONE}. */
    REDRIVE,
    /** Two people, whatever it concerns, and evidence. */
    GRAVE
  }

  /** No order concerns more than this. */
  public static final int CAP = 10_000;

  /** A redrive of more jobs than this takes two people. */
  public static final int ALONE = 100;

  public BulkOrder(OperatorAct act, OperatorPapers papers, int matched, boolean rehearsed) {
    this(switch (act) {
      case OperatorAct.ForceSucceed success -> Weight.GRAVE;
      case OperatorAct.Redrive redrive -> Weight.REDRIVE;
      default -> Weight.PLAIN;
    }, papers, matched, rehearsed);
  }

  /** Why not; empty: it may. A dry run is always allowed to those with papers. */
  public Optional<JobDecision.Refused<Void>> refusal(boolean dryRun) {
    boolean grave = weight == Weight.GRAVE;
    boolean twoPeople = grave || (weight == Weight.REDRIVE && matched > ALONE && !dryRun);
    var flaw = papers.flaw(grave, twoPeople);
    if (flaw.isPresent()) {
      return refused(flaw.get().code(), flaw.get().message(), flaw.get().pointer());
    }
    if (matched > CAP) {
      return refused(UwerCode.ADMISSION_REFUSED,
          "the selector names %d; at most %d at once".formatted(matched, CAP), "/selector");
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
