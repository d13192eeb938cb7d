package dev.pawl.testbed.check;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the violations of one invariant; keeps the first hundred, counts the rest. */
public final class Report {
  private static final int KEPT = 100;

  private final String invariant;
  private final List<Violation> violations = new ArrayList<>();
  private int more;

  Report(String invariant) {
    this.invariant = invariant;
  }

  public void violation(String subject, String format, @Nullable Object... arguments) {
    if (violations.size() == KEPT) more++;
    else violations.add(new Violation(invariant, subject, format.formatted(arguments)));
  }

  List<Violation> violations() {
    if (more == 0) return violations;
    var all = new ArrayList<>(violations);
    all.add(new Violation(invariant, "all", "and %d more".formatted(more)));
    return all;
  }
}
