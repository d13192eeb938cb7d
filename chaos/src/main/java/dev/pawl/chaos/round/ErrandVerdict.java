package dev.pawl.chaos.round;

import dev.pawl.chaos.errand.Errand;
import dev.pawl.testbed.check.Row;
import dev.pawl.testbed.ledger.LedgerEntry;
import dev.pawl.testbed.ledger.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What must hold of jobs when all is quiet: every accepted one ended, its effects are once in the world, every grant ended
 * once, and nobody had to lend a hand. Looks at tables and at the world, not at what the engine says.
 */
public final class ErrandVerdict {
  /** A lease that ended is a line with its end; epochs count the grants. */
  private static final String ENDS = """
      select j.job_key,
        (select count(*) from pawl_job_ledger l where l.job_id = j.job_id and l.end_kind is not null) as ends,
        (select max(l.epoch) from pawl_job_ledger l where l.job_id = j.job_id) as grants,
        (select count(*) from pawl_job_ledger l where l.job_id = j.job_id and l.ord = 0
          and l.to_phase in ('SUCCEEDED', 'FAILED', 'CANCELLED', 'DEAD_LETTERED')) as endings,
        (select max(l.to_phase) from pawl_job_ledger l where l.job_id = j.job_id and l.ord = 0
          and l.to_phase in ('SUCCEEDED', 'FAILED', 'CANCELLED', 'DEAD_LETTERED')) as phase
      from pawl_jobs j where j.type = 'chaos.errand'""";

  private static final String HANDS = """
      select event from pawl_job_ledger where event in ('HOLD', 'RELEASE', 'FORCE_REVOKE', 'FORCE_FAIL',
        'FORCE_DEAD_LETTER', 'FORCE_SUCCEED', 'REDRIVE')""";

  private ErrandVerdict() {}

  /** Whether anything is still to be done. */
  public static boolean quiet(Round round) {
    return round.count("pawl_open_jobs") == 0;
  }

  /** @param accepted by key @return what is wrong */
  public static List<String> wrong(Round round, Map<String, Errand> accepted) {
    List<String> wrong = new ArrayList<>();
    for (Row open : round.rows("select type, phase from pawl_open_jobs")) {
      wrong.add("a job of type %s is %s and nobody ends it".formatted(open.text("type"), open.text("phase")));
    }
    for (Row hand : round.rows(HANDS)) wrong.add("somebody had to lend a hand: " + hand.text("event"));
    Map<String, List<Long>> applied = new HashMap<>();
    for (LedgerEntry entry : round.jobEffects().calls()) {
      if (entry.verdict() != Verdict.APPLIED) continue;
      applied.computeIfAbsent(entry.call().workflowId(), key -> new ArrayList<>()).add(entry.call().amount());
    }
    Map<String, String> phases = new HashMap<>();
    for (Row row : round.rows(ENDS)) {
      String key = row.text("job_key");
      if (phases.put(key, row.text("phase")) != null) wrong.add("I8: two jobs of key " + key);
      if (row.number("ends") != row.number("grants")) {
        wrong.add("I7: job %s was granted %d times, and %d leases ended".formatted(key, row.number("grants"), row.number("ends")));
      }
      if (row.number("endings") != 1) wrong.add("I6: job %s ended %d times".formatted(key, row.number("endings")));
      int effects = applied.getOrDefault(key, List.of()).size();
      boolean right = row.text("phase").equals("SUCCEEDED") ? effects == 1 : effects <= 1;
      if (!right) wrong.add("job %s is %s and had %d effects".formatted(key, row.text("phase"), effects));
    }
    for (String key : applied.keySet()) if (!phases.containsKey(key)) wrong.add("there is an effect of no job: " + key);
    accepted.forEach((key, errand) -> {
      if (!phases.containsKey(key)) wrong.add("job %s was acknowledged and is not there".formatted(key));
      if (!"SUCCEEDED".equals(phases.get(key))) return;
      List<Long> moved = new ArrayList<>(applied.getOrDefault(key, List.of()));
      List<Long> expected = new ArrayList<>(List.of(errand.amount()));
      for (int i = 1; i <= errand.children(); i++) {
        // A child may have been unlucky with its nodes; that it is there is certain.
        String child = key + "." + i;
        if (!phases.containsKey(child)) wrong.add("A1: job %s succeeded without its child %d".formatted(key, i));
        if (!"SUCCEEDED".equals(phases.get(child))) continue;
        moved.addAll(applied.getOrDefault(child, List.of()));
        expected.add(errand.amount() + i);
      }
      if (!moved.equals(expected)) wrong.add("job %s moved %s, expected %s".formatted(key, moved, expected));
    });
    return wrong;
  }
}
