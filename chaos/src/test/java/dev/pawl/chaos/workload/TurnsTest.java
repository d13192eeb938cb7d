package dev.pawl.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.testbed.ledger.EffectCall;
import dev.pawl.testbed.ledger.LedgerEntry;
import dev.pawl.testbed.ledger.LedgerFile;
import dev.pawl.testbed.ledger.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two who were in at once are found. */
class TurnsTest {
  private static LedgerFile ledger(String... moves) {
    List<LedgerEntry> entries = new ArrayList<>();
    for (String move : moves) {
      String[] parts = move.split(" ");
      Verdict verdict = parts.length > 2 ? Verdict.valueOf(parts[2]) : Verdict.APPLIED;
      entries.add(new LedgerEntry(entries.size() + 1, Instant.EPOCH, verdict,
          new EffectCall("key-" + entries.size(), parts[0], "run", 1, 1, 0, "worker", Long.parseLong(parts[1]))));
    }
    return new LedgerFile(entries);
  }

  @Test
  void oneAfterTheOtherIsRight() {
    assertThat(Turns.overlaps(ledger("a!1 1", "a!1 1 DUPLICATE", "b!1 1", "a!1 -1", "a!2 1", "b!1 -1", "a!2 -1", "other 7")))
        .isEmpty();
  }

  @Test
  void twoAtOnceAndNobodyAtAllAreWrong() {
    assertThat(Turns.overlaps(ledger("a!1 1", "a!2 1", "a!1 -1", "a!2 -1"))).hasSize(1);
    assertThat(Turns.overlaps(ledger("a!1 -1"))).hasSize(1);
  }
}
