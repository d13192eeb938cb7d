package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.scene.WireWorker;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Retries, timeouts, deadlines, parents: section 12. Delays are those that the contract makes as short as possible. */
final class TimingCases {
  private TimingCases() {}

  static void add(Suite suite) {
    retries(suite.section("12", "Timers, retries, deadlines"));
    timeouts(suite.section("12", "Timers, retries, deadlines"));
    children(suite.section("12", "Timers, retries, deadlines"));
    deadlines(suite.section("12", "Timers, retries, deadlines"));
    leases(suite.section("12", "Timers, retries, deadlines"));
  }

  private static void retries(Suite.Section section) {
    section.check("retry", "a failed attempt is tried again, until there are none left", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity("retry_policy", Json.of("max_attempts", 3, "backoff_seconds", List.of(0))));
      for (int attempt = 1; attempt <= 3; attempt++) {
        Doc task = worker.activity();
        task.where("attempt_number", attempt);
        worker.failActivity(task, "message", "no " + attempt, "type", "T");
      }
      flow.event("ActivityFailed").where("payload/message", "no 3");
      Unmet.unless(flow.events("ActivityRetryScheduled").size() == 2, "got %s", flow.types());
      worker.idlesOnActivities();
    });
    section.check("retry-no-delay", "without delays an attempt comes at once", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity("retry_policy", Json.of("max_attempts", 2)));
      worker.failActivity(worker.activity(), "message", "x", "type", "T");
      worker.activity().where("attempt_number", 2);
    });
    section.check("retry-delay", "an attempt comes after its delay, not before", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity("retry_policy", Json.of("max_attempts", 2, "backoff_seconds", List.of(2))));
      long failed = System.nanoTime();
      worker.failActivity(worker.activity(), "message", "x", "type", "T");
      worker.idlesOnActivities();
      worker.activity();
      Unmet.unless(System.nanoTime() - failed > Duration.ofMillis(1_900).toNanos(), "it came early");
    });
    section.check("retry-last-delay", "the last delay counts for all attempts after it", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity("retry_policy", Json.of("max_attempts", 4, "backoff_seconds", List.of(0, 3_600))));
      worker.failActivity(worker.activity(), "message", "x", "type", "T");
      worker.failActivity(worker.activity(), "message", "x", "type", "T");
      worker.idlesOnActivities();
      Unmet.unless(flow.events("ActivityRetryScheduled").size() == 2, "got %s", flow.types());
    });
    section.check("retry-attempts", "each attempt has an id of its own, the execution keeps its own", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity("retry_policy", Json.of("max_attempts", 2)));
      Doc first = worker.activity();
      worker.failActivity(first, "message", "x", "type", "T");
      Doc second = worker.activity();
      second.where("activity_execution_id", first.at("activity_execution_id"));
      Unmet.unless(!second.text("activity_attempt_id").equals(first.text("activity_attempt_id")), "they are the same");
    });
    section.check("last-error", "only the last error reaches the program", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity("retry_policy", Json.of("max_attempts", 2)));
      worker.failActivity(worker.activity(), "message", "first", "type", "A");
      worker.failActivity(worker.activity(), "message", "second", "type", "B");
      Doc task = worker.task();
      Unmet.unless(Scene.types(task).stream().filter("ActivityFailed"::equals).count() == 1, "got %s",
          Scene.types(task));
    });
  }

  private static void timeouts(Suite.Section section) {
    record Kind(String field, String kind, boolean taken) {}
    for (Kind one : List.of(new Kind("schedule_to_start_timeout", "schedule_to_start", false),
        new Kind("start_to_close_timeout", "start_to_close", true),
        new Kind("schedule_to_close_timeout", "schedule_to_close", true),
        new Kind("heartbeat_timeout", "heartbeat", true))) {
      section.check("timeout-" + one.kind(), "%s ends an activity and names its kind".formatted(one.field()), s -> {
        Flow flow = s.start();
        WireWorker worker = s.worker();
        worker.runs(Wants.activity(one.field(), 1));
        Doc held = one.taken() ? worker.activity() : null;
        Doc task = worker.task();
        Unmet.unless(Scene.types(task).getLast().equals("ActivityTimedOut"), "got %s", Scene.types(task));
        flow.event("ActivityTimedOut").where("payload/timeout_kind", one.kind(), "payload/activity_type", "charge")
            .has("payload/message");
        if (held == null) return;
        int status = worker.activityCall(held, "complete", "result", Wants.envelope(1L)).status();
        Unmet.unless(status == 404 || status == 409, "a late result was answered with %d", status);
      });
    }
    section.check("timeout-retry", "an attempt that timed out is tried again", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity("start_to_close_timeout", 1, "retry_policy", Json.of("max_attempts", 2)));
      worker.activity().where("attempt_number", 1);
      worker.activity().where("attempt_number", 2);
    });
    section.check("timeout-heartbeat-kept", "heartbeats keep an attempt beyond its heartbeat timeout", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity("heartbeat_timeout", 3));
      Doc held = worker.activity();
      for (int i = 0; i < 4; i++) {
        s.pass(Duration.ofSeconds(1));
        worker.beat(held).where("cancel_requested", false);
      }
      worker.completeActivity(held, Wants.envelope(1L));
      flow.ends("ActivityCompleted");
    });
    section.check("timer", "a timer fires after its delay, not before", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.timer(1));
      long began = System.nanoTime();
      worker.idles();
      Doc task = worker.task();
      Unmet.unless(Scene.types(task).getLast().equals("TimerFired"), "got %s", Scene.types(task));
      Unmet.unless(System.nanoTime() - began > Duration.ofMillis(800).toNanos(), "it fired early");
    });
  }

  private static void children(Suite.Section section) {
    section.check("child-retry", "a failed child is tried again, and its parent hears the last outcome", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.child("retry_policy", Json.of("max_attempts", 2, "backoff_seconds", List.of(0))));
      Doc first = worker.task();
      worker.complete(first, Wants.fail("once"));
      Doc second = worker.task();
      second.where("workflow_type", "child");
      Unmet.unless(!second.text("run_id").equals(first.text("run_id")), "it is the same run");
      worker.complete(second, Wants.complete("fine"));
      worker.task().where("run_id", flow.run());
      Unmet.unless(flow.events("ChildRunFailed").isEmpty(), "got %s", flow.types());
      flow.event("ChildRunCompleted").where("payload/sequence", 1, "payload/result", Wants.envelope("fine"));
    });
    section.check("child-retry-spent", "when no attempt is left the parent hears the failure", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.child("retry_policy", Json.of("max_attempts", 2, "backoff_seconds", List.of(0))));
      worker.runs(Wants.fail("one"));
      worker.runs(Wants.fail("two"));
      worker.task().where("run_id", flow.run());
      flow.event("ChildRunFailed").where("payload/message", "two");
    });
    for (var policy : Map.of("abandon", "pending", "terminate", "terminated", "request_cancel", "cancelled").entrySet()) {
      section.check("parent-close-" + policy.getKey(), "a child of policy %s when its parent closes"
          .formatted(policy.getKey()), s -> {
            Flow flow = s.start();
            WireWorker worker = s.worker();
            String queue = s.name("kids");
            WireWorker other = s.idle("other", queue);
            other.register().is(201);
            worker.runs(Wants.child("queue", queue, "parent_close_policy", policy.getKey()));
            flow.awaits("ChildRunStarted");
            String child = flow.event("ChildWorkflowScheduled").text("payload/child_workflow_instance_id");
            flow.post("terminate").is(200);
            String path = "/workflows/" + child;
            if (policy.getKey().equals("abandon")) {
              other.task();
              s.operator().get(path).is(200).where("is_terminal", false);
              return;
            }
            s.until(() -> {
              // Where programs are asked whether they want to stop, the child's worker has to look at it.
              Doc task = other.poll("workflow-tasks", 0).is(200).doc("task");
              if (task.value() != null) other.report(task, Wants.timer(3_600)).is(200, 409);
              return s.operator().get(path).is(200);
            }, seen -> policy.getValue().equals(seen.at("status")), policy.getValue());
          });
    }
    section.check("parent-close-default", "without a policy a child is left alone", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.child());
      Doc child = worker.task();
      flow.post("terminate").is(200);
      worker.complete(child, Wants.complete(1L));
    });
    section.check("child-timeout", "a child's timeout is its own, and its parent hears of it", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.child("queue", s.name("nobody"), "run_timeout_seconds", 1));
      worker.task().where("run_id", flow.run());
      flow.event("ChildRunFailed").where("payload/sequence", 1);
    });
  }

  private static void deadlines(Suite.Section section) {
    for (String kind : List.of("run", "execution")) {
      section.check("deadline-" + kind, "the %s timeout closes the run".formatted(kind), s -> {
        Flow flow = s.start(kind + "_timeout_seconds", 1);
        flow.awaitsStatus("failed").where("closed_reason", "timed_out", "status_bucket", "failed", "is_terminal", true);
        flow.event("WorkflowTimedOut").where("payload/timeout_kind", kind + "_timeout");
        flow.ends("WorkflowTimedOut", "WorkflowFailed");
      });
    }
    section.check("deadline-late", "a report after the deadline is refused", s -> {
      Flow flow = s.start("run_timeout_seconds", 1);
      WireWorker worker = s.worker();
      Doc task = worker.task();
      flow.awaitsStatus("failed");
      int status = worker.report(task, Wants.complete(1L)).status();
      Unmet.unless(status == 409, "it was answered with %d", status);
      flow.ends("WorkflowTimedOut", "WorkflowFailed");
    });
  }

  private static void leases(Suite.Section section) {
    section.check("lease-expiry", "the task of a worker that fell silent goes to another, with the next attempt", s -> {
      Flow flow = s.start();
      WireWorker silent = s.worker();
      Doc task = silent.task();
      WireWorker other = s.worker();
      long stale = s.operator().get("/workers").is(200).number("stale_after_seconds");
      Doc again = null;
      for (long i = 0; again == null && i < stale * 2; i += 10) {
        other.client().post("/worker/heartbeat", "worker_id", other.id()).is(200);
        Doc got = other.poll("workflow-tasks", 10).is(200).doc("task");
        if (got.value() != null) again = got;
      }
      Unmet.unless(again != null, "nobody got it within %d s", stale * 2);
      if (again == null) return;
      again.where("run_id", flow.run(), "workflow_task_attempt", 2);
      int status = silent.report(task, Wants.complete(1L)).status();
      Unmet.unless(status == 409, "the silent worker's report was answered with %d", status);
      other.complete(again, Wants.complete(1L));
    }, Feature.PATIENCE);
    section.check("lease-kept", "an activity without a heartbeat timeout survives silence while its worker lives", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      Doc held = worker.activity();
      long stale = s.operator().get("/workers").is(200).number("stale_after_seconds");
      for (long i = 0; i < stale + 30; i += 10) {
        s.pass(Duration.ofSeconds(10));
        worker.client().post("/worker/heartbeat", "worker_id", worker.id()).is(200);
      }
      worker.completeActivity(held, Wants.envelope(1L));
      flow.ends("ActivityCompleted");
    }, Feature.PATIENCE);
  }
}
