package dev.pawl.testbed.check;

import dev.pawl.testbed.ledger.EffectCall;
import dev.pawl.testbed.ledger.LedgerEntry;
import dev.pawl.testbed.ledger.Rule;
import dev.pawl.testbed.ledger.Verdict;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What really happened, against what histories say. */
final class Effects {
  private Effects() {}

  /** A step or activity of a run, as its history tells. */
  private static final class Told {
    String name = "";
    /** Runs inside the worker, which tries it again in place and records that with its end: what died with it is not known. */
    boolean step;
    boolean ended;
    boolean succeeded;
    long attempts;
  }

  static final Invariant ONCE = Invariant.of("I10", "effects are those that histories tell of, and once where keys are kept",
      (evidence, report) -> new Invariant.Look() {
        private final Map<String, Map<Integer, Told>> told = new HashMap<>();
        private final Map<String, String> namespaces = new HashMap<>();
        private final Set<String> callers = new HashSet<>(
            evidence.ledger().calls().stream().map(entry -> entry.call().runId()).toList());
        private final Map<String, Long> applied = evidence.ledger().appliedByKey();

        @Override
        public void history(History history) {
          if (evidence.effectful().isEmpty() && !callers.contains(history.id())) return;
          var steps = new HashMap<Integer, Told>();
          namespaces.put(history.id(), history.run().text("namespace"));
          for (HistoryEvent event : history.events()) {
            // What was copied happened under the key of another run; what was open then is done again.
            boolean elsewhere = history.copied() && history.atBirth(event);
            if (!elsewhere || event.is("ActivityScheduled")) tell(event, steps);
          }
          if (callers.contains(history.id())) told.put(history.id(), steps);
          // The ledger was read before the database: only when all is quiet it must have everything.
          if (!evidence.quiet()) return;
          steps.forEach((step, one) -> {
            if (!one.succeeded || !evidence.effectful().contains(one.name)) return;
            String key = key(history.run().text("namespace"), history.id(), step, one.name);
            long times = applied.getOrDefault(key, 0L);
            boolean right = evidence.rule() == Rule.IDEMPOTENT ? times == 1 : times >= 1;
            if (!right) report.violation(key, "its history says it succeeded, the ledger applied it %d times", times);
          });
        }

        @Override
        public void end() {
          if (evidence.rule() == Rule.IDEMPOTENT) {
            applied.forEach((key, times) -> {
              if (times > 1) report.violation(key, "the ledger applied it %d times", times);
            });
          }
          Map<String, Long> calls = new HashMap<>();
          for (LedgerEntry entry : evidence.ledger().calls()) {
            EffectCall call = entry.call();
            Told one = told.getOrDefault(call.runId(), Map.of()).get(call.step());
            // Each worker that has a step begins with one first attempt; the others follow from it.
            if (one == null || !one.step || call.attempt() == 1) {
              calls.merge(call.runId() + "/" + call.step(), 1L, Long::sum);
            }
            judge(entry);
          }
          Map<String, Long> again = again();
          calls.forEach((task, count) -> {
            int slash = task.indexOf('/');
            String run = task.substring(0, slash);
            Told one = told.getOrDefault(run, Map.of()).get(Integer.parseInt(task.substring(slash + 1)));
            if (one == null || !one.ended) return;
            long granted = (one.step ? 1 : one.attempts) + again.getOrDefault(task, 0L) + again.getOrDefault(run + "/0", 0L);
            if (count > granted) {
              report.violation(task, "the ledger was called %d times; history and the engine's ledger account for %d", count,
                  granted);
            }
          });
        }

        private void judge(LedgerEntry entry) {
          EffectCall call = entry.call();
          Row run = evidence.runs().get(call.runId());
          if (run == null) {
            if (evidence.erased(call.workflowId())) return;
            report.violation(call.key(), "it was called by run %s, which is not there", call.runId());
            return;
          }
          Told one = told.getOrDefault(call.runId(), Map.of()).get(call.step());
          boolean completed = run.text("status").equals("COMPLETED");
          if (one == null) {
            if (completed && entry.verdict() == Verdict.APPLIED) {
              report.violation(call.key(), "it was applied, the run completed, and its history knows no step %d",
                  call.step());
            }
            return;
          }
          String key = key(Objects.requireNonNull(namespaces.get(call.runId())), call.runId(), call.step(), one.name);
          if (!key.equals(call.key())) report.violation(call.key(), "the key of this step is %s", key);
          if (one.ended && !one.step && call.attempt() > one.attempts) {
            report.violation(call.key(), "attempt %d was made, history tells of %d", call.attempt(), one.attempts);
          }
        }

        /** How often work was taken from somebody, by run and step, as the engine noted; each time it may be done again. */
        private Map<String, Long> again() {
          Map<String, Long> again = new HashMap<>();
          for (Row note : evidence.notes()) again.merge(note.text("run_id") + "/" + note.number("step"), 1L, Long::sum);
          return again;
        }
      });

  private static void tell(HistoryEvent event, Map<Integer, Told> steps) {
    switch (event.type()) {
      case "StepStarted", "StepCompleted", "StepFailed", "StepRetryScheduled" -> {
        Told one = steps.computeIfAbsent(event.step(), k -> new Told());
        one.name = String.valueOf(event.text("name"));
        one.step = true;
        if (!event.is("StepStarted")) one.attempts = event.numberOrOne("attempts");
        one.ended = event.is("StepCompleted", "StepFailed");
        one.succeeded = event.is("StepCompleted");
      }
      case "ActivityScheduled" ->
          steps.computeIfAbsent(event.step(), k -> new Told()).name = String.valueOf(event.text("activityType"));
      case "ActivityRetryScheduled" ->
          steps.computeIfAbsent(event.step(), k -> new Told()).attempts = event.numberOrOne("attempt");
      case "ActivityCompleted", "ActivityFailed", "ActivityTimedOut", "ActivityCancelled" -> {
        Told one = steps.computeIfAbsent(event.step(), k -> new Told());
        one.attempts = event.numberOrOne("attempt");
        one.ended = true;
        one.succeeded = event.is("ActivityCompleted");
      }
      default -> {}
    }
  }

  static String key(String namespace, String run, int step, String name) {
    return namespace + "/" + run + "/" + step + ":" + name;
  }

  static final Invariant ONE_OUTCOME = Invariant.of("I12", "one outcome per attempt and per step",
      (evidence, report) -> new Invariant.Look() {
        private final Map<String, Set<Integer>> transactional = new HashMap<>();

        {
          for (Row row : evidence.stepResults()) {
            transactional.computeIfAbsent(row.text("run_id"), k -> new HashSet<>())
                .add((int) row.number("step"));
          }
        }

        @Override
        public void history(History history) {
          Map<Integer, Long> attempts = new HashMap<>();
          var completed = new HashSet<Integer>();
          for (HistoryEvent event : history.events()) {
            // A reset begins its open activities anew.
            if (history.copied() && history.atBirth(event)) continue;
            switch (event.type()) {
              case "ActivityScheduled" -> attempts.put(event.step(), 0L);
              case "ActivityRetryScheduled", "ActivityCompleted", "ActivityFailed" -> next(history, event, attempts, true);
              case "ActivityTimedOut", "ActivityCancelled" -> next(history, event, attempts, false);
              case "StepCompleted" -> completed.add(event.step());
              default -> {}
            }
          }
          if (!history.run().text("status").equals("COMPLETED")) return;
          for (int step : transactional.getOrDefault(history.id(), Set.of())) {
            if (!completed.contains(step)) {
              report.violation(history.subject(),
                  "the work of step %d is committed, the run completed, and history does not know", step);
            }
          }
        }

        private void next(History history, HistoryEvent event, Map<Integer, Long> attempts, boolean ofAttempt) {
          long attempt = event.numberOrOne("attempt");
          long before = attempts.getOrDefault(event.step(), 0L);
          // A timeout of the whole activity may come between two attempts.
          boolean right = ofAttempt ? attempt == before + 1 : attempt == before + 1 || attempt == before;
          if (!right) {
            report.violation(history.subject(), "%s is the outcome of attempt %d, after attempt %d", event, attempt,
                before);
          }
          attempts.put(event.step(), attempt);
        }
      });
}
