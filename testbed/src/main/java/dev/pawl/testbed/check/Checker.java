package dev.pawl.testbed.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks for violations of a list of invariants, in one walk over all histories. */
public final class Checker {
  private final List<Invariant> invariants;

  public Checker(List<Invariant> invariants) {
    this.invariants = List.copyOf(invariants);
  }

  /** All invariants there are. */
  public static Checker ofEverything() {
    return new Checker(Invariants.ALL);
  }

  public Findings check(Evidence evidence) {
    Map<Report, Invariant.Look> looks = new LinkedHashMap<>();
    for (Invariant invariant : invariants) {
      var report = new Report(invariant.id());
      looks.put(report, invariant.begin(evidence, report));
    }
    var count = new long[2];
    evidence.histories(history -> {
      count[0]++;
      count[1] += history.events().size();
      looks.forEach((report, look) -> {
        try {
          look.history(history);
        } catch (RuntimeException e) {
          // Rows that cannot be read are a violation too, and no reason to leave the others unread.
          report.violation(history.subject(), "it cannot be judged: %s", e);
        }
      });
    });
    var violations = new ArrayList<Violation>();
    looks.forEach((report, look) -> {
      look.end();
      violations.addAll(report.violations());
    });
    return new Findings(invariants, count[0], count[1], violations);
  }
}
