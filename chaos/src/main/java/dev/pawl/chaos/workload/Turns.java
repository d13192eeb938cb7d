package dev.pawl.chaos.workload;

import dev.pawl.chaos.program.Outside;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.worker.WorkerBuilder;
import dev.pawl.testbed.ledger.LedgerEntry;
import dev.pawl.testbed.ledger.LedgerFile;
import dev.pawl.testbed.ledger.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A lock that several workflows want: it grants one turn after another, and whoever has the turn goes in and comes out
 * again, which the ledger sees. No two are ever in at once.
 */
public final class Turns {
  public static final String LOCK = "lock";
  public static final String CONTENDER = "contender";
  /** Contenders are named for their lock: {@code lock-7!2}. */
  private static final char OF = '!';

  private Turns() {}

  /** Makes a worker serve locks and contenders. */
  public static WorkerBuilder serve(WorkerBuilder worker, Outside outside) {
    return worker.workflow(LOCK, Long.class, turns -> lock(turns)).workflow(CONTENDER, () -> new Contender(outside));
  }

  private static long lock(long turns) {
    for (long turn = 1; turn <= turns; turn++) {
      String who = Pawl.receive("acquire", String.class);
      Pawl.external(who).signal("granted", turn);
      Pawl.receive("release", String.class);
    }
    return turns;
  }

  /** Wants one turn; its result is which one it got. */
  private static final class Contender implements Workflow<String, Long> {
    private final Outside outside;

    Contender(Outside outside) {
      this.outside = outside;
    }

    @Override
    public Long run(String lock) {
      String me = Pawl.info().workflowId();
      Pawl.external(lock).signal("acquire", me);
      long turn = Pawl.receive("granted", Long.class);
      Pawl.step("pay", () -> outside.pay(1));
      Pawl.step("pay", () -> outside.pay(-1));
      Pawl.external(lock).signal("release", me);
      return turn;
    }
  }

  /** The workflow id of a contender. @param number from 1 */
  public static String contender(String lock, int number) {
    return lock + OF + number;
  }

  /** Every moment at which two were in, or one came out who was not. */
  public static List<String> overlaps(LedgerFile ledger) {
    List<String> wrong = new ArrayList<>();
    Map<String, Long> inside = new HashMap<>();
    for (LedgerEntry entry : ledger.calls()) {
      String workflow = entry.call().workflowId();
      int end = workflow.indexOf(OF);
      if (end < 0 || entry.verdict() != Verdict.APPLIED) continue;
      long now = inside.merge(workflow.substring(0, end), entry.call().amount(), Long::sum);
      if (now < 0 || now > 1) wrong.add("%d were inside when %s moved, at %s".formatted(now, workflow, entry.at()));
    }
    return wrong;
  }
}
