package dev.pawl.testbed.ledger;

import java.time.Instant;
import java.util.List;

/**
 * A call and its verdict, as they stand in the ledger's file.
 *
 * @param number 1, 2, 3 ... in the order of the ledger
 * @param at by the ledger's own clock
 */
public record LedgerEntry(long number, Instant at, Verdict verdict, EffectCall call) {

  String line() {
    return number + "\t" + at + "\t" + verdict + "\t" + call.line();
  }

  static LedgerEntry read(String line) {
    List<String> fields = TabbedLine.fields(line);
    if (fields.size() < 3) throw new IllegalArgumentException("expected number, time, verdict and a call: " + line);
    return new LedgerEntry(Long.parseLong(fields.get(0)), Instant.parse(fields.get(1)), Verdict.valueOf(fields.get(2)),
        EffectCall.read(fields, 3));
  }
}
