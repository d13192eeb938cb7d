package dev.pawl.testbed.check;

import dev.pawl.testbed.check.Operation.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a round ended. Green only if it could have been red.
 *
 * @param reasons why it is not green
 */
public record RoundVerdict(Colour colour, List<String> reasons, Map<String, Long> operations, Findings findings) {

  /** VOID: nothing was proven. */
  public enum Colour {
    GREEN,
    RED,
    VOID
  }

  /**
   * Judges a round.
   *
   * @param leastOk fewer acknowledged requests than this prove nothing
   * @param neverFired faults that were armed and changed nothing
   */
  public static RoundVerdict of(Findings findings, List<Operation> log, long leastOk, List<String> neverFired) {
    var counts = new TreeMap<String, Long>();
    Asked asked = Asked.of(log);
    for (Asked.Request request : asked.requests()) {
      counts.merge(request.outcome().name().toLowerCase(Locale.ROOT), 1L, Long::sum);
    }
    var reasons = new ArrayList<String>();
    if (!findings.violations().isEmpty()) {
      findings.violations().forEach(violation -> reasons.add(violation.toString()));
      return new RoundVerdict(Colour.RED, reasons, counts, findings);
    }
    long ok = asked.of(Phase.OK).size();
    if (ok < leastOk) reasons.add("only %d of at least %d requests were acknowledged".formatted(ok, leastOk));
    for (String fault : neverFired) reasons.add("a fault never fired: " + fault);
    return new RoundVerdict(reasons.isEmpty() ? Colour.GREEN : Colour.VOID, reasons, counts, findings);
  }

  /** Lines for people. */
  public String summary() {
    var lines = new ArrayList<String>();
    lines.add("%s: requests %s, %d histories with %d events, %d invariants, %d violations".formatted(colour, operations,
        findings.histories(), findings.events(), findings.invariants().size(), findings.violations().size()));
    reasons.forEach(reason -> lines.add("  " + reason));
    return String.join("\n", lines);
  }
}
