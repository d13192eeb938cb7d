package dev.pawl.testbed.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether somebody will look at every open run again. */
final class Orphans {
  private static final Comparator<Row> NEWEST =
      Comparator.<Row>comparingLong(run -> run.number("started_at")).thenComparingLong(run -> run.number("run_number"));

  private Orphans() {}

  /** @param copied it was asked for by another run, whose events this one has copied */
  private record Waiting(String run, String subject, int step, boolean child, boolean copied) {}

  private record Open(String what, boolean copied) {}

  static final Invariant NONE = Invariant.of("I31", "no orphan: whatever is open has something that will move it",
      (evidence, report) -> new Invariant.Look() {
        private final Set<String> tasks = new HashSet<>();
        private final Set<String> mails = new HashSet<>();
        private final Map<String, Row> sessions = new HashMap<>();
        /** Run to the one whose events it copied. */
        private final Map<String, String> copies = new HashMap<>();
        /** Parent run and step, to the newest runs of the chains that were started for it. */
        private final Map<String, List<Row>> children = new HashMap<>();
        /** What is open and waits for another workflow; judged when all are known. */
        private final List<Waiting> waiting = new ArrayList<>();

        {
          for (Row task : evidence.tasks()) tasks.add(task.text("run_id") + "/" + task.number("step"));
          for (Row mail : evidence.mails()) mails.add(mail.text("owner") + "/" + mail.text("item"));
          for (Row session : evidence.sessions()) sessions.put(session.text("session_id"), session);
        }

        @Override
        public void history(History history) {
          HistoryEvent started = history.started();
          if (started == null) return; // I5 says so
          String original = started.text("resetOf");
          if (original != null) copies.put(history.id(), original);
          Map<?, ?> parent = started.object("parent");
          if (!parent.isEmpty()) {
            children.computeIfAbsent(parent.get("run") + "/" + parent.get("step"), k -> new ArrayList<>())
                .add(history.run());
          }
          if (!history.open()) return;
          turn(history);
          for (String kind : new String[] {"execution", "run"}) {
            if (started.json().get(kind + "Deadline") != null) wants(history, "deadline/" + kind, kind + " deadline");
          }
          open(history).forEach((step, open) -> {
            switch (open.what) {
              case "activity" -> {
                if (!tasks.contains(history.id() + "/" + step)) {
                  report.violation(history.subject(), "the activity at step %d is open, and has no task", step);
                }
              }
              case "timer" -> wants(history, "timer/" + step, "timer at step " + step);
              default -> waiting.add(
                  new Waiting(history.id(), history.subject(), step, open.what.equals("child"), open.copied));
            }
          });
        }

        /** The program has something to look at: then a worker must get to it. */
        private void turn(History history) {
          Row run = history.run();
          long wake = history.events().stream().filter(HistoryEvent::wakes).mapToLong(HistoryEvent::seq).max().orElse(0);
          boolean needs = wake > run.number("seen") || run.number("admitted") > 0;
          switch (run.text("phase")) {
            case "IDLE" -> {
              if (needs && !run.flag("paused")) {
                report.violation(history.subject(),
                    "it is IDLE; its program has seen event %d, %d has to be looked at, %d updates wait",
                    run.number("seen"), wake, run.number("admitted"));
              }
            }
            case "BLOCKED" -> {
              String reason = run.textOrNull("reason");
              if (reason == null || reason.isBlank()) report.violation(history.subject(), "it is BLOCKED for no reason");
            }
            case "LEASED" -> {
              if (evidence.quiet() && !alive(sessions.get(run.textOrNull("session")))) {
                report.violation(history.subject(), "it is LEASED to %s, which is dead", run.textOrNull("session"));
              }
            }
            case "READY" -> {
              if (evidence.quiet() && Math.max(run.number("visible_at"), run.number("since")) < evidence.overdue()) {
                report.violation(history.subject(), "it has been READY for too long");
              }
            }
            default -> {}
          }
        }

        private boolean alive(@Nullable Row session) {
          return session != null && !session.has("ended_as") && session.number("expires_at") >= evidence.overdue();
        }

        private void wants(History history, String item, String what) {
          if (!mails.contains(history.id() + "/" + item)) {
            report.violation(history.subject(), "its %s is open, and no mail will say so", what);
          }
        }

        @Override
        public void end() {
          for (Waiting one : waiting) {
            if (one.child) child(one);
            else if (!posted(one, "external/" + one.step) && !posted(one, "answer/" + one.step)) {
              report.violation(one.subject, "its message at step %d is open, and neither it nor the answer is under way",
                  one.step);
            }
          }
          if (evidence.quiet()) overdue();
        }

        private void child(Waiting parent) {
          Row child = null;
          for (String run = parent.run; run != null && child == null; run = asker(parent, run)) {
            child = children.getOrDefault(run + "/" + parent.step, List.of()).stream().max(NEWEST).orElse(null);
          }
          if (child == null) {
            if (!posted(parent, "child/" + parent.step + "/start")) {
              report.violation(parent.subject, "its child at step %d was not started, nor is that under way", parent.step);
            }
            return;
          }
          String status = child.text("status");
          boolean ended = !Set.of("RUNNING", "CONTINUED", "RESET").contains(status);
          if (ended && !mails.contains(child.text("run_id") + "/parent/ended")) {
            report.violation(parent.subject, "its child at step %d, run %s, ended as %s, and the word of it got lost",
                parent.step, child.text("run_id"), status);
          }
        }

        /** Whether a mail lies in the box, of the run or of one whose events it copied. */
        private boolean posted(Waiting waiting, String item) {
          for (String run = waiting.run; run != null; run = asker(waiting, run)) {
            if (mails.contains(run + "/" + item)) return true;
          }
          return false;
        }

        /** Who may have asked instead of this run. */
        private @Nullable String asker(Waiting waiting, String run) {
          return waiting.copied ? copies.get(run) : null;
        }

        private void overdue() {
          for (Row mail : evidence.mails()) {
            if (mail.number("due") < evidence.overdue()) {
              report.violation("mail %s/%s".formatted(mail.text("owner"), mail.text("item")), "it is overdue");
            }
          }
          for (Row task : evidence.tasks()) {
            String subject = "activity %s/%d".formatted(task.text("run_id"), task.number("step"));
            boolean dead = task.text("phase").equals("LEASED") && !alive(sessions.get(task.textOrNull("session")));
            if (dead) report.violation(subject, "it is LEASED to %s, which is dead", task.textOrNull("session"));
            if (task.text("phase").equals("WAITING") && task.number("visible_at") < evidence.overdue()) {
              report.violation(subject, "it has been waiting for too long");
            }
            if (task.has("deadline_at") && task.number("deadline_at") < evidence.overdue()) {
              report.violation(subject, "its deadline has passed");
            }
          }
        }
      });

  /** Step to what is open there, by the history alone. */
  private static Map<Integer, Open> open(History history) {
    var open = new TreeMap<Integer, Open>();
    for (HistoryEvent event : history.events()) {
      boolean copied = history.copied() && history.atBirth(event);
      switch (event.type()) {
        case "ActivityScheduled" -> open.put(event.step(), new Open("activity", copied));
        case "TimerScheduled", "StepRetryScheduled" -> open.put(event.step(), new Open("timer", copied));
        case "ChildWorkflowScheduled" -> open.put(event.step(), new Open("child", copied));
        case "SignalExternalScheduled", "CancelExternalScheduled" -> open.put(event.step(), new Open("message", copied));
        case "ActivityCompleted", "ActivityFailed", "ActivityTimedOut", "ActivityCancelled", "TimerFired",
            "TimerCancelled", "ChildRunCompleted", "ChildRunFailed", "ChildRunCancelled", "ChildRunTerminated",
            "ExternalDelivered", "ExternalFailed" -> open.remove(event.step());
        default -> {}
      }
    }
    return open;
  }

  static final Invariant POISON_IS_BLOCKED = Invariant.ofEvidence("I35", "what cannot be worked on is blocked with a reason",
      (evidence, report) -> {
        for (Row run : evidence.runs().values()) {
          long bad = Math.max(run.number("losses"), run.number("failures"));
          String phase = run.text("phase");
          if (bad > evidence.patience() && !phase.equals("BLOCKED") && !phase.equals("NONE")) {
            report.violation("run " + run.text("run_id"), "%d losses and %d failures in a row, and it is %s",
                run.number("losses"), run.number("failures"), phase);
          }
        }
      });
}
