package dev.pawl.testbed.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What belongs together, inside of a run and between runs. */
final class References {
  private References() {}

  static final Invariant CLOSED_ONCE = Invariant.of("I9", "what was asked for ends once at most, and nothing else ends",
      (evidence, report) -> new Invariant.Look() {
        /** Parent run and step, to the chains that name it as their parent. */
        private final Map<String, Set<String>> children = new HashMap<>();
        /** Parent run and step, to the workflow id that was asked for. */
        private final Map<String, String> wanted = new HashMap<>();
        /** Parent run and step, where it was told that no child could start. */
        private final Set<String> refused = new HashSet<>();

        @Override
        public void history(History history) {
          var open = new HashMap<Integer, String>();
          var updates = new HashSet<String>();
          for (HistoryEvent event : history.events()) {
            switch (event.type()) {
              case "ActivityScheduled" -> open.put(event.step(), "activity");
              case "ChildWorkflowScheduled" -> {
                open.put(event.step(), "child");
                wanted.put(history.id() + "/" + event.step(), String.valueOf(event.text("workflowId")));
              }
              case "SignalExternalScheduled", "CancelExternalScheduled" -> open.put(event.step(), "external");
              case "ActivityCompleted", "ActivityFailed", "ActivityTimedOut", "ActivityCancelled" ->
                  ends(history, event, open, "activity");
              case "ActivityRetryScheduled", "ActivityCancelRequested" -> goesOn(history, event, open, "activity");
              case "ChildRunStarted" -> goesOn(history, event, open, "child");
              case "ChildRunCompleted", "ChildRunFailed", "ChildRunCancelled", "ChildRunTerminated" -> {
                ends(history, event, open, "child");
                boolean unborn = event.is("ChildRunFailed") && event.text("childRun") == null;
                if (unborn) refused.add(history.id() + "/" + event.step());
              }
              case "ExternalDelivered", "ExternalFailed" -> ends(history, event, open, "external");
              case "UpdateAccepted" -> updates.add(String.valueOf(event.text("updateId")));
              case "UpdateCompleted" -> {
                if (!updates.remove(String.valueOf(event.text("updateId")))) {
                  report.violation(history.subject(), "%s, but update '%s' is not open", event, event.text("updateId"));
                }
              }
              case "WorkflowStarted" -> adopted(event);
              default -> {}
            }
          }
        }

        private void ends(History history, HistoryEvent event, Map<Integer, String> open, String what) {
          if (!what.equals(open.remove(event.step()))) {
            report.violation(history.subject(), "%s, but no %s is open at step %d", event, what, event.step());
          }
        }

        private void goesOn(History history, HistoryEvent event, Map<Integer, String> open, String what) {
          if (!what.equals(open.get(event.step()))) {
            report.violation(history.subject(), "%s, but no %s is open at step %d", event, what, event.step());
          }
        }

        private void adopted(HistoryEvent started) {
          Map<?, ?> parent = started.object("parent");
          if (parent.isEmpty()) return;
          children.computeIfAbsent(parent.get("run") + "/" + parent.get("step"), k -> new TreeSet<>())
              .add(String.valueOf(started.text("firstRun")));
        }

        @Override
        public void end() {
          children.forEach((parent, chains) -> {
            String run = parent.substring(0, parent.indexOf('/'));
            if (chains.size() > 1) report.violation("child of " + parent, "it was started as %s", chains);
            if (refused.contains(parent)) {
              report.violation("child of " + parent, "%s began, and its parent heard that it did not", chains);
            }
            if (evidence.runs().containsKey(run) && !wanted.containsKey(parent)) {
              report.violation("child of " + parent, "%s name a parent that asked for no child there", chains);
            }
          });
        }
      });

  static final Invariant CHAINS = Invariant.of("I7", "one open run per workflow id, and runs follow each other in a line",
      (evidence, report) -> new Invariant.Look() {
        private final Map<String, String> open = new HashMap<>();
        private final Map<String, String> numbers = new HashMap<>();
        private final Map<String, Row> newest = new HashMap<>();
        private final Map<String, String> followers = new HashMap<>();

        @Override
        public void history(History history) {
          Row run = history.run();
          String chain = chain(run);
          if (history.open()) {
            String other = open.put(chain, history.id());
            if (other != null) report.violation(history.subject(), "run %s of the same workflow id is open too", other);
          }
          String twin = numbers.put(chain + " " + run.number("run_number"), history.id());
          if (twin != null) {
            report.violation(history.subject(), "run %s has number %d too", twin, run.number("run_number"));
          }
          newest.merge(chain, run, (a, b) -> a.number("run_number") > b.number("run_number") ? a : b);
          HistoryEvent started = history.started();
          String from = started == null ? null : started.text("continuedFrom");
          if (from != null) {
            String fork = followers.put(from, history.id());
            if (fork != null) report.violation(history.subject(), "run %s follows %s too", fork, from);
          }
          HistoryEvent closing = history.closing();
          String next = closing == null ? null : closing.text("newRun");
          if (next != null && !evidence.runs().containsKey(next)
              && !evidence.erased(history.run().text("workflow_id"))) {
            report.violation(history.subject(), "%s names run %s, which is not there", closing, next);
          }
        }

        @Override
        public void end() {
          var known = new HashSet<String>();
          for (Row row : evidence.chains()) {
            String chain = chain(row);
            known.add(chain);
            Row last = newest.get(chain);
            if (last != null && !last.text("run_id").equals(row.text("run_id"))) {
              report.violation("workflow " + row.text("workflow_id"), "its newest run is %s, the chain points to %s",
                  last.text("run_id"), row.text("run_id"));
            }
          }
          newest.forEach((chain, run) -> {
            if (!known.contains(chain)) {
              report.violation("workflow " + run.text("workflow_id"), "run %s is in no chain", run.text("run_id"));
            }
          });
        }

        private static String chain(Row row) {
          return row.text("namespace") + " " + row.text("workflow_id");
        }
      });
}
