package dev.pawl.testbed.check;

import dev.pawl.testbed.ledger.EffectCall;
import dev.pawl.testbed.ledger.LedgerEntry;
import dev.pawl.testbed.ledger.Rule;
import dev.pawl.testbed.ledger.Verdict;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Who may work on what. */
final class Leases {
  private Leases() {}

  static final Invariant ONE_HOLDER = Invariant.ofEvidence("I15", "a lease has one holder and ends once",
      (evidence, report) -> {
        Stream.concat(evidence.runs().values().stream(), evidence.tasks().stream()).forEach(row -> {
          boolean leased = row.text("phase").equals("LEASED");
          if (leased != row.has("session")) {
            report.violation(task(row), "it is %s and its session is %s", row.text("phase"), row.textOrNull("session"));
          }
          if (leased && row.number("epoch") < 1) report.violation(task(row), "it is leased under no epoch");
        });
        var ended = new HashSet<String>();
        for (Row note : evidence.notes()) {
          if (!note.text("what").equals("LEASE_REVOKED")) continue;
          String lease = task(note) + " epoch " + note.number("epoch");
          if (!ended.add(lease)) report.violation(lease, "it was revoked twice");
        }
        Map<String, String> granted = new HashMap<>();
        for (LedgerEntry entry : evidence.ledger().notes()) {
          EffectCall note = entry.call();
          if (!note.key().equals("grant")) continue;
          String lease = "run %s step %d epoch %d".formatted(note.runId(), note.step(), note.epoch());
          String other = granted.putIfAbsent(lease, note.worker());
          if (other != null) report.violation(lease, "it was granted to %s and to %s", other, note.worker());
        }
        Map<String, String> holders = new HashMap<>();
        for (LedgerEntry entry : evidence.ledger().calls()) {
          EffectCall call = entry.call();
          String lease = "run %s step %d epoch %d".formatted(call.runId(), call.step(), call.epoch());
          String other = holders.putIfAbsent(lease, call.worker());
          if (other != null && !other.equals(call.worker())) {
            report.violation(lease, "%s and %s both worked under it", other, call.worker());
          }
        }
      });

  static final Invariant LATE_REPORTS_CHANGE_NOTHING =
      Invariant.ofEvidence("I17", "who held the lease was heard, who did not was not", (evidence, report) -> {
        Map<String, Row> tasks = new HashMap<>();
        for (Row task : evidence.tasks()) tasks.put(task(task), task);
        for (Row late : evidence.lateReports()) {
          Row run = evidence.runs().get(late.text("run_id"));
          if (run == null) continue;
          boolean ofRun = late.number("step") == 0;
          Row holder = ofRun ? run : tasks.get(task(late));
          if (holder == null) continue;
          long newest = holder.number("epoch");
          if (late.number("epoch") > newest) {
            report.violation(task(late), "a report came under epoch %d, the newest is %d", late.number("epoch"), newest);
          } else if (late.number("epoch") == newest && holder.text("phase").equals("LEASED")
              && (ofRun || late.number("attempt") == holder.number("attempt"))) {
            report.violation(task(late), "its holder's report was turned away: %s", late.text("why"));
          }
        }
        accepted(evidence, report);
      });

  /** A report that was sent when a newer lease was known to be granted must not be accepted. */
  private static void accepted(Evidence evidence, Report report) {
    Map<String, Long> newest = new HashMap<>();
    Map<String, Long> known = new HashMap<>();
    for (LedgerEntry entry : evidence.ledger().notes()) {
      EffectCall note = entry.call();
      String task = "run %s step %d".formatted(note.runId(), note.step());
      String one = "%s, report %d of %s under epoch %d".formatted(task, note.attempt(), note.worker(), note.epoch());
      switch (note.key()) {
        case "grant" -> newest.merge(task, note.epoch(), Math::max);
        case "report" -> known.putIfAbsent(one, newest.getOrDefault(task, 0L));
        case "accepted" -> {
          long then = known.getOrDefault(one, 0L);
          if (then > note.epoch()) report.violation(one, "it was accepted, and epoch %d had been granted before", then);
        }
        default -> {}
      }
    }
  }

  static final Invariant EPOCHS_RISE = Invariant.of("I18", "epochs only rise", (evidence, report) -> new Invariant.Look() {
    /** Steps that ran under the lease of their run, not under one of their own. */
    private final Set<String> inRun = new HashSet<>();

    @Override
    public void history(History history) {
      for (HistoryEvent event : history.all("StepCompleted", "StepFailed", "StepRetryScheduled")) {
        inRun.add("run %s step %d".formatted(history.id(), event.step()));
      }
    }

    @Override
    public void end() {
      Map<String, Long> newest = new HashMap<>();
      for (Row note : evidence.notes()) {
        if (!note.text("what").equals("LEASE_REVOKED")) continue;
        long before = newest.merge(task(note), note.number("epoch"), Math::max);
        if (before > note.number("epoch")) {
          report.violation(task(note), "%s of epoch %d comes after epoch %d", note.text("what"), note.number("epoch"),
              before);
        }
      }
      Map<String, Long> applied = new HashMap<>();
      for (LedgerEntry entry : evidence.ledger().calls()) {
        EffectCall call = entry.call();
        String step = "run %s step %d".formatted(call.runId(), call.step());
        newest.merge(inRun.contains(step) ? "run %s step 0".formatted(call.runId()) : step, call.epoch(), Math::max);
        long before = applied.merge(call.key(), call.epoch(), Math::max);
        if (evidence.rule() == Rule.FENCED && entry.verdict() == Verdict.APPLIED && call.epoch() < before) {
          report.violation(call.key(), "epoch %d was applied after epoch %d", call.epoch(), before);
        }
      }
      for (Row row : evidence.runs().values()) fallen(row, newest, report);
      for (Row row : evidence.tasks()) fallen(row, newest, report);
    }
  });

  private static void fallen(Row row, Map<String, Long> newest, Report report) {
    Long noted = newest.get(task(row));
    if (noted != null && row.number("epoch") < noted) {
      report.violation(task(row), "its epoch is %d, and %d was given out before", row.number("epoch"), noted);
    }
  }

  /** Workflow tasks have step 0. */
  private static String task(Row row) {
    return "run %s step %d".formatted(row.text("run_id"), row.has("step") ? row.number("step") : 0);
  }
}
