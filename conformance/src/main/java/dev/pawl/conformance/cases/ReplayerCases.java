package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.scene.WireWorker;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a program that is replayed from its first line relies on: section 11, by the numbers of its list. */
final class ReplayerCases {
  private ReplayerCases() {}

  static void add(Suite suite) {
    steps(suite.section("11", "Obligations towards the replayer"));
    groups(suite.section("11", "Obligations towards the replayer"));
    reEmission(suite.section("11", "Obligations towards the replayer"));
    tasks(suite.section("11", "Obligations towards the replayer"));
    waits(suite.section("11", "Obligations towards the replayer"));
    messages(suite.section("11", "Obligations towards the replayer"));
    ends(suite.section("11", "Obligations towards the replayer"));
  }

  private static void steps(Suite.Section section) {
    section.check("1-dense", "steps are numbered 1, 2, 3 in the order of their commands", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.sideEffect(1L), Wants.version("c", 1), Wants.attributes(s.attribute("A"), "x"),
          Wants.activity());
      worker.completeActivity(worker.activity(), Wants.envelope(1L));
      worker.runs(Wants.timer(0));
      worker.runs(Wants.condition());
      flow.event("SideEffectRecorded").where("payload/sequence", 1);
      flow.event("VersionMarkerRecorded").where("payload/sequence", 2);
      flow.event("SearchAttributesUpserted").where("payload/sequence", 3);
      flow.event("ActivityScheduled").where("payload/sequence", 4);
      flow.event("ActivityCompleted").where("payload/sequence", 4);
      flow.event("TimerScheduled").where("payload/sequence", 5);
      flow.event("TimerFired").where("payload/sequence", 5);
      flow.event("ConditionWaitOpened").where("payload/sequence", 6);
    });
    section.check("1-wait-timer", "the timer of a wait shares its number", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.sideEffect(1L), Wants.condition("timeout_seconds", 3_600));
      flow.event("ConditionWaitOpened").where("payload/sequence", 2);
      flow.event("TimerScheduled").where("payload/sequence", 2);
    });
    section.check("1-unnumbered", "signals and updates take no number", s -> {
      WireWorker worker = CommandCases.declaring(s, "signals", List.of("poke"), "updates", List.of("pay"));
      Flow flow = s.start();
      worker.runs(Wants.condition());
      flow.signal("poke");
      worker.runs(Wants.condition());
      Object id = flow.post("update/pay").is(202).at("update_id");
      worker.runs(Wants.completeUpdate(id, 1L));
      worker.runs(Wants.activity());
      flow.event("ActivityScheduled").where("payload/sequence", 2);
    });
    section.check("1-children", "a child takes one number for all its events", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.sideEffect(1L), Wants.child());
      worker.runs(Wants.complete(1L));
      worker.task();
      for (String type : List.of("ChildWorkflowScheduled", "ChildRunStarted", "ChildRunCompleted")) {
        flow.event(type).where("payload/sequence", 2);
      }
    });
  }

  private static void member(Doc event, int base, int size) {
    long index = event.number("payload/parallel_group_index");
    event.where("payload/parallel_group_base_sequence", base, "payload/parallel_group_size", size, "payload/sequence",
        base + index);
    event.where("payload/parallel_group_path/0/parallel_group_base_sequence", base,
        "payload/parallel_group_path/0/parallel_group_index", index);
  }

  private static void groups(Suite.Section section) {
    section.check("1-group-predicted", "a group that was predicted right keeps its numbers", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.sideEffect(1L), Wants.member(Wants.activity(), "activity", 2, 2, 0),
          Wants.member(Wants.activity(), "activity", 2, 2, 1));
      for (Doc event : flow.events("ActivityScheduled")) {
        member(event, 2, 2);
        event.where("payload/parallel_group_id", "parallel-activities:2:2", "payload/parallel_group_kind", "activity");
      }
    });
    section.check("1-group-moved", "a group that was predicted wrong is moved to the numbers it gets", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.sideEffect(1L), Wants.member(Wants.activity(), "activity", 90, 2, 0),
          Wants.member(Wants.activity(), "activity", 90, 2, 1));
      for (Doc event : flow.events("ActivityScheduled")) {
        member(event, 2, 2);
        event.where("payload/parallel_group_id", "parallel-activities:2:2");
      }
    });
    section.check("1-group-results", "results of a group carry its fields", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.member(Wants.activity(), "activity", 1, 2, 0), Wants.member(Wants.activity(), "activity", 1, 2,
          1));
      worker.completeActivity(worker.activity(), Wants.envelope(1L));
      worker.failActivity(worker.activity(), "message", "x", "type", "T");
      member(flow.event("ActivityCompleted"), 1, 2);
      member(flow.event("ActivityFailed"), 1, 2);
    });
    section.check("1-group-timers", "so do timers", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.member(Wants.timer(0), "timer", 1, 2, 0), Wants.member(Wants.timer(0), "timer", 1, 2, 1));
      s.until(flow::history, seen -> flow.events("TimerFired").size() == 2, "both timers");
      for (Doc event : flow.events("TimerFired")) member(event, 1, 2);
      flow.events("TimerScheduled").forEach(event -> event.where("payload/parallel_group_id", "parallel-timers:1:2"));
    });
    section.check("1-group-children", "and children", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.member(Wants.child(), "child", 1, 2, 0), Wants.member(Wants.child(), "child", 1, 2, 1));
      worker.runs(Wants.complete(1L));
      worker.runs(Wants.fail("x"));
      worker.task().where("run_id", flow.run());
      member(flow.event("ChildRunCompleted"), 1, 2);
      member(flow.event("ChildRunFailed"), 1, 2);
    });
    section.check("1-group-mixed", "a mixed group is numbered as one", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.member(Wants.activity(), "mixed", 1, 3, 0), Wants.member(Wants.timer(3_600), "mixed", 1, 3,
          1), Wants.member(Wants.child("queue", s.name("nobody")), "mixed", 1, 3, 2));
      for (String type : List.of("ActivityScheduled", "TimerScheduled", "ChildWorkflowScheduled")) {
        member(flow.event(type), 1, 3);
        flow.event(type).where("payload/parallel_group_id", "parallel-calls:1:3");
      }
    });
    section.check("3-group-wake", "a group wakes the workflow when all its members are there", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.member(Wants.activity(), "activity", 1, 3, 0), Wants.member(Wants.activity(), "activity", 1, 3,
          1), Wants.member(Wants.activity(), "activity", 1, 3, 2));
      List<Doc> held = List.of(worker.activity(), worker.activity(), worker.activity());
      worker.completeActivity(held.get(2), Wants.envelope(1L));
      worker.idles();
      worker.failActivity(held.get(0), "message", "x", "type", "T");
      worker.idles();
      worker.completeActivity(held.get(1), Wants.envelope(1L));
      Unmet.unless(Scene.types(worker.task()).size() == 8, "not all results are shown");
    });
  }

  private static void reEmission(Suite.Section section) {
    section.check("2-single", "a step that is asked for again creates nothing", s -> {
      Flow flow = s.start();
      WireWorker worker = CommandCases.declaring(s, "updates", List.of("pay"));
      worker.runs(Wants.activity());
      // An update makes a worker look, though the activity is open.
      Object id = flow.post("update/pay").is(202).at("update_id");
      Doc task = worker.task();
      worker.complete(task, Wants.completeUpdate(id, 1L));
      flow.event("ActivityScheduled");
      worker.completeActivity(worker.activity(), Wants.envelope(1L));
      worker.runs(Wants.activity());
      Unmet.unless(flow.events("ActivityScheduled").size() == 2, "the next step is one of its own");
    });
    section.check("2-after-failure", "commands of a task that failed and came again are done once", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.failTask(worker.task(), "boom").is(200);
      Doc again = worker.task();
      worker.complete(again, Wants.activity(), Wants.timer(3_600));
      worker.complete(again, Wants.activity(), Wants.timer(3_600));
      flow.event("ActivityScheduled");
      flow.event("TimerScheduled");
    });
  }

  private static void tasks(Suite.Section section) {
    section.check("3-start", "a start makes a task", s -> {
      s.start();
      s.worker().task();
    });
    section.check("3-step", "a step that is resolved makes a task, one that is not does not", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      worker.idles();
      worker.completeActivity(worker.activity(), Wants.envelope(1L));
      worker.task();
    });
    section.check("3-signal-no-wait", "a signal makes no task where no condition waits", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      flow.signal("poke");
      worker.idles();
    });
    section.check("3-signal-wait", "a signal makes a task where a condition waits", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.condition());
      worker.idles();
      flow.signal("poke");
      Unmet.unless(Scene.types(worker.task()).getLast().equals("SignalReceived"), "the signal is not shown");
    });
    section.check("3-condition-timeout", "the timeout of a condition makes a task", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.condition("timeout_seconds", 1));
      Unmet.unless(Scene.types(worker.task()).getLast().equals("TimerFired"), "the timeout is not shown");
    });
    section.check("3-retry", "an attempt that failed and is tried again makes no task", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity("retry_policy", Json.of("max_attempts", 2, "backoff_seconds", List.of(0))));
      worker.failActivity(worker.activity(), "message", "x", "type", "T");
      worker.idles();
    });
    section.check("3-one", "there is one open task of a run at most", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      WireWorker other = s.worker();
      worker.runs(Wants.condition());
      flow.signal("a");
      Doc task = worker.task();
      flow.signal("b");
      other.idles();
      worker.complete(task, Wants.condition());
      other.task();
    });
    section.check("4-serial", "what comes while a task is leased is recorded, and shown next", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      worker.completeActivity(worker.activity(), Wants.envelope(1L));
      Doc leased = worker.task();
      flow.signal("poke");
      Unmet.unless(flow.types().contains("SignalReceived"), "it is not recorded");
      worker.complete(leased, Wants.condition());
      Unmet.unless(Scene.types(worker.task()).contains("SignalReceived"), "it is not shown");
    });
    section.check("4-condition-timeout", "a condition's timeout waits for the end of the lease", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.condition("timeout_seconds", 1));
      flow.signal("poke");
      Doc leased = worker.task();
      s.pass(Duration.ofMillis(1_800));
      Unmet.unless(!flow.types().contains("TimerFired"), "it fired under the lease");
      worker.complete(leased, Wants.condition("timeout_seconds", 1));
      Unmet.unless(Scene.types(worker.task()).getLast().equals("TimerFired"), "it does not fire after it");
    });
    section.check("4-satisfied", "and is gone if the leased task found the condition true", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.condition("timeout_seconds", 1));
      flow.signal("poke");
      Doc leased = worker.task();
      s.pass(Duration.ofMillis(1_300));
      worker.complete(leased, Wants.activity());
      worker.completeActivity(worker.activity(), Wants.envelope(1L));
      worker.task();
      Unmet.unless(!flow.types().contains("TimerFired"), "it fired: %s", flow.types());
    });
  }

  private static void waits(Suite.Section section) {
    section.check("5-deadline", "a condition that is waited for again keeps its deadline", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.condition("timeout_seconds", 3_600));
      Object due = flow.event("TimerScheduled").at("payload/fire_at");
      for (int i = 0; i < 3; i++) {
        flow.signal("poke");
        worker.runs(Wants.condition("timeout_seconds", 3_600));
      }
      List<Doc> timers = flow.events("TimerScheduled");
      timers.getLast().where("payload/fire_at", due);
    });
    section.check("5-moves-on", "a wait that is over is closed, and its timer with it", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.condition("timeout_seconds", 3_600));
      flow.signal("poke");
      worker.runs(Wants.complete(1L));
      flow.ends("ConditionWaitSatisfied", "TimerCancelled", "WorkflowCompleted");
      Object wait = flow.event("ConditionWaitOpened").at("payload/condition_wait_id");
      flow.event("ConditionWaitSatisfied").where("payload/condition_wait_id", wait);
      flow.event("TimerCancelled").where("payload/condition_wait_id", wait);
    });
    section.check("5-another", "another condition is another wait", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.condition());
      flow.signal("poke");
      worker.runs(Wants.condition("condition_key", "shipped", "condition_definition_fingerprint", "sha256:2"));
      List<Doc> opened = flow.events("ConditionWaitOpened");
      Unmet.unless(opened.size() == 2 && !opened.getFirst().text("payload/condition_wait_id")
          .equals(opened.getLast().text("payload/condition_wait_id")), "got %s", opened);
      opened.getLast().where("payload/sequence", 2);
    });
    section.check("5-zero", "a timeout of 0 times out", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.condition("timeout_seconds", 0));
      worker.task();
      List<Object> types = List.copyOf(flow.types().stream().map(String::valueOf).toList());
      Unmet.unless(types.contains("TimerFired") || types.contains("ConditionWaitTimedOut"), "got %s", types);
    });
    section.check("5-timeout-flips", "after the timeout no signal makes it true", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.condition("timeout_seconds", 1));
      Doc task = worker.task();
      flow.signal("late");
      worker.complete(task, Wants.complete("timed out"));
      Unmet.unless(flow.events("ConditionWaitSatisfied").isEmpty(), "it is both");
    });
  }

  private static void messages(Suite.Section section) {
    section.check("6-alone", "an update is handed out alone, under its id", s -> {
      WireWorker worker = CommandCases.declaring(s, "updates", List.of("pay"));
      Flow flow = s.start();
      worker.runs(Wants.condition());
      Object id = flow.post("update/pay", "input", Wants.arguments(5L)).is(202).at("update_id");
      Doc task = worker.task();
      task.where("workflow_update_id", id);
      Unmet.unless(Scene.types(task).contains("UpdateAccepted"), "got %s", Scene.types(task));
      worker.complete(task, Wants.completeUpdate(id, 1L));
    });
    section.check("6-re-evaluated", "after an update the condition is looked at again", s -> {
      WireWorker worker = CommandCases.declaring(s, "updates", List.of("pay"));
      Flow flow = s.start();
      worker.runs(Wants.condition());
      Object id = flow.post("update/pay").is(202).at("update_id");
      worker.runs(Wants.completeUpdate(id, 1L));
      Doc next = worker.task();
      next.where("workflow_update_id", null);
      Unmet.unless(Scene.types(next).containsAll(List.of("UpdateApplied", "UpdateCompleted")), "got %s",
          Scene.types(next));
      worker.complete(next, Wants.complete(1L));
    });
    section.check("6-two", "two updates are handed out one after the other, in their order", s -> {
      WireWorker worker = CommandCases.declaring(s, "updates", List.of("pay"));
      Flow flow = s.start();
      worker.runs(Wants.condition());
      Object first = flow.post("update/pay").is(202).at("update_id");
      Object second = flow.post("update/pay").is(202).at("update_id");
      for (Object id : List.of(String.valueOf(first), String.valueOf(second))) {
        Doc task = worker.task();
        while (task.at("workflow_update_id") == null) {
          worker.complete(task, Wants.condition());
          task = worker.task();
        }
        task.where("workflow_update_id", id);
        worker.complete(task, Wants.completeUpdate(id, 1L));
      }
      Unmet.unless(flow.payloads("UpdateCompleted", "update_id").equals(java.util.Arrays.asList(first, second)),
          "they were completed in another order");
    });
    section.check("6-closed", "a pending update ends with its run", s -> {
      WireWorker worker = CommandCases.declaring(s, "updates", List.of("pay"));
      Flow flow = s.start();
      worker.runs(Wants.condition());
      var asked = s.meanwhile(() -> flow.post("update/pay", "wait_for", "completed", "wait_timeout_seconds", 15));
      flow.awaits("UpdateAccepted");
      flow.post("terminate").is(200);
      int status = asked.result().status();
      Unmet.unless(status >= 400 && status < 500, "it was answered with %d", status);
    });
    section.check("7-signals", "signals are recorded when they arrive", s -> {
      Flow flow = s.start();
      flow.signal("poke");
      Unmet.unless(flow.types().equals(List.of("StartAccepted", "WorkflowStarted", "SignalReceived")), "got %s",
          flow.types());
    });
    section.check("8-hidden", "an early signal is shown with the first task, or with the one right after it", s -> {
      Flow flow = s.start();
      flow.signal("poke");
      WireWorker worker = s.worker();
      Doc first = worker.task();
      List<@Nullable Object> shown = Scene.types(first);
      worker.complete(first, Wants.condition());
      if (shown.contains("SignalReceived")) return;
      Doc second = worker.task();
      Unmet.unless(Scene.types(second).equals(List.of("StartAccepted", "WorkflowStarted", "ConditionWaitOpened",
          "SignalReceived")), "got %s", Scene.types(second));
    });
  }

  private static void ends(Suite.Section section) {
    section.check("9-failure", "a failed step is a value, not a failed task", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      worker.failActivity(worker.activity(), "message", "x", "type", "T");
      worker.task().where("workflow_task_attempt", 1, "history_events/3/event_type", "ActivityFailed");
      flow.describe().where("is_terminal", false);
    });
    section.check("10-status", "a run that continues as new is completed", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.continueAsNew());
      flow.describeRun().where("status", "completed", "status_bucket", "completed", "run_number", 1);
      flow.describe().where("run_number", 2, "workflow_id", flow.id(), "is_terminal", false);
      Unmet.unless(flow.types().stream().noneMatch(type -> List.of("WorkflowCompleted", "WorkflowFailed",
          "WorkflowTerminated", "WorkflowCancelled").contains(String.valueOf(type))), "got %s", flow.types());
    });
    section.check("10-history", "the new run has a history of its own", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.sideEffect(1L), Wants.continueAsNew());
      Doc next = worker.task();
      next.where("history_events/0/sequence", 1);
      Unmet.unless(Scene.types(next).contains("WorkflowStarted") && !Scene.types(next).contains("SideEffectRecorded"),
          "got %s", Scene.types(next));
      worker.complete(next, Wants.activity());
      s.operator().get("/workflows/" + next.text("workflow_id") + "/runs/" + next.text("run_id") + "/history").is(200)
          .where("events/2/payload/sequence", 1);
    });
    section.check("10-carried", "memo, search attributes and the execution's deadline go along", s -> {
      String name = s.attribute("A");
      Flow flow = s.start("memo", Json.of("a", 1), "search_attributes", Json.of(name, "x"),
          "execution_timeout_seconds", 3_600, "run_timeout_seconds", 600);
      Object deadline = flow.describe().at("execution_deadline_at");
      s.worker().runs(Wants.continueAsNew());
      flow.describe().where("memo", Json.of("a", 1), "search_attributes", Json.of(name, "x"), "execution_deadline_at",
          deadline, "execution_timeout_seconds", 3_600, "run_timeout_seconds", 600);
      OffsetDateTime first = OffsetDateTime.parse(flow.describeRun().text("run_deadline_at"));
      OffsetDateTime second = OffsetDateTime.parse(flow.describe().text("run_deadline_at"));
      Unmet.unless(second.isAfter(first), "the run's deadline does not restart");
    });
    section.check("10-parent", "a parent waits for the last run of its child", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.child());
      worker.runs(Wants.continueAsNew());
      Unmet.unless(!flow.types().contains("ChildRunCompleted"), "it did not wait");
      worker.runs(Wants.complete("at last"));
      Doc next = worker.task();
      next.where("run_id", flow.run());
      flow.event("ChildRunCompleted").where("payload/result", Wants.envelope("at last"));
    });
    section.check("11-payloads", "recorded payloads are never rewritten", s -> {
      String blob = "wwHioz3/VYAiNw4CAmsEAgA=";
      Map<String, @Nullable Object> sent = Json.of("codec", "avro", "blob", blob);
      Flow flow = s.start("input", Json.of("codec", "avro", "blob", "wwHioz3/VYAiNwwCCgJhAA=="));
      WireWorker worker = s.worker();
      worker.task().where("arguments/blob", "wwHioz3/VYAiNwwCCgJhAA==");
      WireWorker other = s.worker();
      worker.client().delete("/worker/registrations/" + worker.id()).is(200);
      other.runs(Wants.activity("arguments", sent));
      Doc activity = other.activity();
      activity.where("arguments", sent);
      other.completeActivity(activity, sent);
      other.runs(Json.of("type", "complete_workflow", "result", sent));
      flow.event("ActivityCompleted").where("payload/result", sent);
      flow.event("WorkflowCompleted").where("payload/output", sent);
    });
  }
}
