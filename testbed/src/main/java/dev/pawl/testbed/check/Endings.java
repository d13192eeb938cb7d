package dev.pawl.testbed.check;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What is left of a run that has ended. */
final class Endings {
  private static final List<String> OF_A_RUN = List.of("pawl_events", "pawl_step_results", "pawl_search_attributes",
      "pawl_late_reports", "pawl_transitions");

  private Endings() {}

  static final Invariant NOTHING_AFTER = Invariant.ofEvidence("I19", "a run that has ended, or is gone, owns nothing",
      (evidence, report) -> {
        for (Row task : evidence.tasks()) {
          gone(evidence, task, "run_id", "activity at step %d".formatted(task.number("step")), report);
        }
        for (Row mail : evidence.mails()) {
          // Words to others outlive their sender; what it sent to itself does not.
          if (mail.text("item").startsWith("timer/") || mail.text("item").startsWith("deadline/")) {
            gone(evidence, mail, "owner", mail.text("item"), report);
          }
        }
        for (Row update : evidence.updates()) {
          if (Set.of("ADMITTED", "ACCEPTED").contains(update.text("phase"))) {
            gone(evidence, update, "run_id", "update '%s'".formatted(update.text("update_id")), report);
          }
        }
        for (String table : OF_A_RUN) {
          for (Row stray : evidence.rows(
              "select distinct run_id from %s where run_id not in (select run_id from pawl_runs)".formatted(table))) {
            report.violation("run " + stray.text("run_id"), "it is not there, and has rows in %s", table);
          }
        }
      });

  private static void gone(Evidence evidence, Row row, String owner, String what, Report report) {
    Row run = evidence.runs().get(row.text(owner));
    if (run == null) {
      report.violation("run " + row.text(owner), "it is not there, and has an open %s", what);
    } else if (!run.text("status").equals("RUNNING")) {
      report.violation("run " + row.text(owner), "it is %s, and has an open %s", run.text("status"), what);
    }
  }

  static final Invariant SIGNALS_SETTLED = Invariant.of("I25", "a signal was looked at, or its run says that it was not",
      (evidence, report) -> new Invariant.Look() {
        @Override
        public void history(History history) {
          HistoryEvent closing = history.closing();
          if (closing == null) return;
          Set<String> unhandled = closing.list("unhandled").stream().map(String::valueOf).collect(Collectors.toSet());
          long seen = history.events().stream().mapToLong(HistoryEvent::seen).max().orElse(0);
          // Closed from outside: a report that looked and wrote nothing is in the run's row only.
          if (closing.seen() == 0) seen = Math.max(seen, history.run().number("seen"));
          boolean goesOn = closing.is("WorkflowContinuedAsNew");
          for (HistoryEvent signal : history.all("SignalReceived")) {
            String id = String.valueOf(signal.text("signalId"));
            if (signal.seq() <= seen && !unhandled.contains(id)) continue;
            if (goesOn && carried(history, id, String.valueOf(closing.text("newRun")))) continue;
            if (!goesOn && unhandled.contains(id)) continue;
            report.violation(history.subject(), "signal '%s' at %d was never looked at, and %s does not say so", id,
                signal.seq(), closing);
          }
        }

        private boolean carried(History history, String signal, String next) {
          return evidence.traces().signals
              .getOrDefault(Traces.Key.of(history.run(), signal), List.of()).stream()
              .anyMatch(place -> place.run().equals(next));
        }
      });

  static final Invariant OUTBOX = Invariant.ofEvidence("I24", "a start in the caller's transaction is there if that committed",
      (evidence, report) -> {
        Evidence.Outbox outbox = evidence.outbox();
        if (outbox == null) return;
        var committed = new HashSet<String>();
        for (Row row : evidence.rows(outbox.query())) committed.add(row.text("workflow_id"));
        var started = new HashSet<String>();
        for (Row run : evidence.runs().values()) {
          if (run.text("namespace").equals(outbox.namespace()) && run.text("workflow_id").startsWith(outbox.prefix())) {
            started.add(run.text("workflow_id"));
          }
        }
        for (String workflow : started) {
          if (!committed.contains(workflow)) {
            report.violation("workflow " + workflow, "it was started, and its caller's transaction never committed");
          }
        }
        if (!evidence.quiet()) return;
        for (String workflow : committed) {
          if (!started.contains(workflow)) {
            report.violation("workflow " + workflow, "its caller's transaction committed, and it was never started");
          }
        }
      });
}
