package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.scene.WireWorker;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Envelope, registration and workflow tasks of the worker plane: sections 8.1 to 8.5. */
final class WorkerCases {
  private WorkerCases() {}

  static void add(Suite suite) {
    envelope(suite.section("8.1", "Envelope and capabilities"));
    register(suite.section("8.2", "Register"));
    heartbeat(suite.section("8.3", "Heartbeat"));
    deregister(suite.section("8.4", "Deregister"));
    poll(suite.section("8.5", "Workflow tasks"));
    task(suite.section("8.5", "Workflow tasks"));
    complete(suite.section("8.5", "Workflow tasks"));
    fences(suite.section("8.5", "Workflow tasks"));
    fail(suite.section("8.5", "Workflow tasks"));
  }

  private static void envelope(Suite.Section section) {
    section.check("every-answer", "every answer says the version and what the server can do", s -> {
      WireWorker worker = s.worker();
      Answer got = worker.poll("workflow-tasks", 0).is(200);
      got.where("protocol_version", s.info().at("worker_protocol/version")).object("server_capabilities");
    });
    section.check("same-everywhere", "discovery and answers say the same about query tasks", s -> s.worker()
        .poll("workflow-tasks", 0).where("server_capabilities/query_tasks",
            s.info().at("worker_protocol/server_capabilities/query_tasks")));
    section.check("history-pages", "page sizes of histories are said", s -> s.info().has(
        "worker_protocol/server_capabilities/history_page_size_default",
        "worker_protocol/server_capabilities/history_page_size_max"));
  }

  private static void register(Suite.Section section) {
    section.check("registered", "a registration is answered with its times", s -> {
      WireWorker worker = s.idle("worker", s.queue());
      Answer got = worker.register().is(201);
      got.where("worker_id", worker.id(), "registered", true, "status", "active", "task_queue", s.queue(), "runtime",
          "conformance");
      long interval = got.number("heartbeat_interval_seconds");
      Unmet.unless(interval > 0 && got.number("stale_after_seconds") >= 2 * interval, "interval and staleness of %s",
          got);
    });
    section.check("worker_id", "a worker has an id of 1 to 255 characters", s -> {
      s.workers().post("/worker/register", "task_queue", "q").invalid("worker_id");
      s.workers().post("/worker/register", "task_queue", "q", "worker_id", "x".repeat(256)).invalid("worker_id");
      String id = s.name("w");
      s.workers().post("/worker/register", "task_queue", s.queue(), "worker_id", id + "x".repeat(255 - id.length()))
          .is(201);
    });
    section.check("task_queue", "a worker has a queue",
        s -> s.workers().post("/worker/register", "worker_id", s.name("w")).invalid("task_queue"));
    section.check("runtime", "any runtime will do", s -> {
      for (String runtime : List.of("python", "external", "cobol")) {
        s.workers().post("/worker/register", "worker_id", s.name("w"), "task_queue", s.queue(), "runtime", runtime)
            .is(201).where("runtime", runtime);
      }
    });
    section.check("slots", "slots are 1 or more", s -> {
      s.idle("w", s.queue()).register("max_concurrent_workflow_tasks", 0).invalid("max_concurrent_workflow_tasks");
      s.idle("w", s.queue()).register("max_concurrent_activity_tasks", 0).invalid("max_concurrent_activity_tasks");
    });
    section.check("types", "types are lists", s -> {
      s.idle("w", s.queue()).register("supported_workflow_types", "order").invalid("supported_workflow_types");
      s.idle("w", s.queue()).register("supported_activity_types", 7).invalid("supported_activity_types");
      s.idle("w", s.queue()).register("capabilities", "query_tasks").invalid("capabilities");
    });
    section.check("again", "a worker may register again", s -> s.worker().register().is(201));
    section.check("changed", "an active worker cannot change a definition", s -> {
      WireWorker worker = s.worker("workflow_definition_fingerprints", Json.of("order", "sha256:1"));
      Answer got = worker.register("workflow_definition_fingerprints", Json.of("order", "sha256:2"))
          .refused(409, "workflow_definition_changed");
      got.where("workflow_type", "order").text("remediation");
    });
    section.check("unchanged", "the same definition again is fine", s -> s.worker("workflow_definition_fingerprints",
        Json.of("order", "sha256:1")).register("workflow_definition_fingerprints", Json.of("order", "sha256:1")).is(201));
    section.check("kept", "a fingerprint that is left out is kept", s -> {
      WireWorker worker = s.worker("workflow_definition_fingerprints", Json.of("order", "sha256:1"));
      worker.register().is(201);
      worker.register("workflow_definition_fingerprints", Json.of("order", "sha256:2"))
          .refused(409, "workflow_definition_changed");
    });
    section.check("metrics", "slots and figures of the process are taken", s -> s.worker("task_slots",
        Json.of("workflow_available", 1, "activity_available", 2), "process_metrics", Json.of("cpu_percent", 1.5,
            "memory_bytes", 1_000_000, "process_uptime_seconds", 3, "process_id", 7, "process_started_at",
            "2026-01-01T00:00:00Z", "host", "h"), "heartbeat_interval_seconds", 10));
  }

  private static void heartbeat(Suite.Section section) {
    section.check("acknowledged", "a heartbeat is acknowledged with the times", s -> {
      WireWorker worker = s.worker();
      Answer got = worker.client().post("/worker/heartbeat", "worker_id", worker.id()).is(200);
      got.where("worker_id", worker.id(), "acknowledged", true);
      Unmet.unless(got.number("heartbeat_interval_seconds") > 0 && got.number("stale_after_seconds") > 0, "got %s", got);
    });
    section.check("unknown", "a worker that never registered is told so", s -> s.workers().post("/worker/heartbeat",
        "worker_id", s.name("none")).refused(404, "worker_not_registered"));
    section.check("worker_id", "a heartbeat names its worker",
        s -> s.workers().post("/worker/heartbeat").invalid("worker_id"));
  }

  private static void deregister(Suite.Section section) {
    section.check("deregistered", "a worker leaves", s -> {
      WireWorker worker = s.worker();
      worker.client().delete("/worker/registrations/" + worker.id()).is(200).where("worker_id", worker.id(), "outcome",
          "deregistered", "recovered_workflow_task_count", 0);
      worker.poll("workflow-tasks", 0).refused(412, "worker_not_registered");
    });
    section.check("unknown", "a worker that is gone is not found", s -> {
      WireWorker worker = s.worker();
      worker.client().delete("/worker/registrations/" + worker.id()).is(200);
      worker.client().delete("/worker/registrations/" + worker.id()).refused(404, "worker_not_found");
    });
    section.check("recovered", "what it held is free at once, and counted", s -> {
      WireWorker worker = s.worker();
      Flow flow = s.start();
      Doc task = worker.task();
      worker.client().delete("/worker/registrations/" + worker.id()).is(200).where("recovered_workflow_task_count", 1);
      WireWorker other = s.worker();
      Doc again = other.task();
      again.where("run_id", flow.run());
      Unmet.unless(!again.text("task_id").equals(task.text("task_id")) || again.number("workflow_task_attempt") == 2,
          "nothing tells the two leases apart: %s", again);
      int status = worker.report(task, Wants.complete(1L)).status();
      Unmet.unless(status == 409, "the old holder's report was answered with %d", status);
    });
  }

  private static void poll(Suite.Section section) {
    section.check("poll-empty", "without work a probe answers at once with null", s -> {
      WireWorker worker = s.worker();
      for (String kind : List.of("workflow-tasks", "activity-tasks", "query-tasks")) {
        long began = System.nanoTime();
        Answer got = worker.poll(kind, 0).is(200);
        got.where("task", null).has("task");
        Unmet.unless(System.nanoTime() - began < Duration.ofSeconds(10).toNanos(), "a probe of %s waited", kind);
      }
    });
    section.check("poll-waits", "a poll is held for its time", s -> {
      long began = System.nanoTime();
      s.worker().poll("workflow-tasks", 1).is(200).where("task", null);
      Unmet.unless(System.nanoTime() - began > Duration.ofMillis(800).toNanos(), "it was answered early");
    });
    section.check("poll-wakes", "a poll that waits gets what comes", s -> {
      WireWorker worker = s.worker();
      var waiting = s.meanwhile(worker::task);
      Flow flow = s.start();
      waiting.result().where("run_id", flow.run());
    });
    section.check("poll-timeout", "a poll waits 0 to 60 s", s -> {
      WireWorker worker = s.worker();
      worker.poll("workflow-tasks", 61).invalid("timeout_seconds");
      worker.poll("workflow-tasks", -1).invalid("timeout_seconds");
    });
    section.check("poll-status", "an answer says what it is", s -> {
      WireWorker worker = s.worker();
      worker.poll("workflow-tasks", 0).is(200).oneOf("poll_status", "empty", "timeout", null);
      s.start();
      worker.poll("workflow-tasks", 10).is(200).oneOf("poll_status", "leased", null);
    });
    section.check("poll-repeated", "the same poll again gets the same task", s -> {
      WireWorker worker = s.worker();
      s.start();
      s.start();
      Answer first = worker.poll("workflow-tasks", 10, "poll_request_id", "p-1").is(200);
      Answer again = worker.poll("workflow-tasks", 0, "poll_request_id", "p-1").is(200);
      again.where("task/task_id", first.text("task/task_id"));
      Answer other = worker.poll("workflow-tasks", 10, "poll_request_id", "p-2").is(200);
      Unmet.unless(!other.text("task/task_id").equals(first.text("task/task_id")), "another poll got it, too");
    });
    section.check("poll-unregistered", "who never registered gets nothing", s -> {
      for (String kind : List.of("workflow-tasks", "activity-tasks", "query-tasks")) {
        s.idle("none", s.queue()).poll(kind, 0).refused(412, "worker_not_registered");
      }
    });
    section.check("poll-queue", "a worker polls the queue that it registered for", s -> {
      WireWorker worker = s.worker();
      for (String kind : List.of("workflow-tasks", "activity-tasks", "query-tasks")) {
        worker.poll(kind, 0, "task_queue", s.name("other")).refused(409, "task_queue_mismatch");
      }
    });
    section.check("poll-build", "a worker polls with the build that it registered with", s -> s.worker("build_id",
        "b-1").poll("workflow-tasks", 0, "build_id", "b-2").refused(409, "build_id_mismatch"));
    section.check("poll-namespace", "an unknown namespace is not found", s -> s.workers().in(s.name("nowhere"))
        .post("/worker/workflow-tasks/poll", "worker_id", "w", "task_queue", "q").refused(404, "namespace_not_found"));
    section.check("poll-fields", "a poll names worker and queue", s -> {
      s.workers().post("/worker/workflow-tasks/poll", "task_queue", "q").invalid("worker_id");
      s.workers().post("/worker/workflow-tasks/poll", "worker_id", "w").invalid("task_queue");
    });
    section.check("poll-types", "a worker gets the types that it supports", s -> {
      WireWorker other = s.worker("supported_workflow_types", List.of("another"));
      WireWorker mine = s.worker("supported_workflow_types", List.of(s.type()));
      s.start();
      other.idles();
      mine.task();
    });
    section.check("poll-activity-types", "a worker gets the activities that it supports", s -> {
      WireWorker any = s.worker("supported_activity_types", List.of("another"));
      WireWorker mine = s.worker("supported_activity_types", List.of("charge"));
      s.start();
      any.runs(Wants.activity());
      any.idlesOnActivities();
      mine.activity();
    });
    section.check("poll-disconnect", "a poll whose connection went away takes nothing", s -> {
      WireWorker gone = s.worker();
      for (String kind : List.of("workflow-tasks", "activity-tasks")) {
        gone.client().hangUp("/worker/" + kind + "/poll", Duration.ofMillis(500), "worker_id", gone.id(), "task_queue",
            s.queue(), "timeout_seconds", 60);
      }
      s.pass(Duration.ofMillis(500));
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      worker.activity();
    });
    section.check("poll-one", "a task is handed to one worker", s -> {
      WireWorker one = s.worker();
      WireWorker two = s.worker();
      s.start();
      one.task();
      two.idles();
    });
  }

  private static void task(Suite.Section section) {
    section.check("task-fields", "a task has every field", s -> {
      WireWorker worker = s.worker();
      Flow flow = s.start("input", List.of(1));
      Doc task = worker.task();
      task.where("workflow_id", flow.id(), "run_id", flow.run(), "workflow_task_attempt", 1, "workflow_type", s.type(),
          "payload_codec", "avro", "arguments", Wants.arguments(1L), "task_queue", s.queue(), "lease_owner",
          worker.id(), "next_history_page_token", null, "workflow_update_id", null, "last_history_sequence", 2,
          "total_history_events", 2);
      task.text("task_id");
      task.text("lease_expires_at");
      task.oneOf("task_kind", "workflow", null);
      task.has("run_status", "connection", "compatibility");
    });
    section.check("task-history", "a task carries the whole history, from the beginning, gapless", s -> {
      WireWorker worker = s.worker();
      s.start();
      worker.runs(Wants.sideEffect(1L), Wants.timer(0));
      Doc task = worker.task();
      List<Doc> events = task.list("history_events");
      for (int i = 0; i < events.size(); i++) {
        events.get(i).where("sequence", i + 1);
        events.get(i).has("id", "event_type", "payload", "workflow_task_id", "workflow_command_id", "recorded_at");
      }
      Unmet.unless(Scene.types(task).equals(List.of("StartAccepted", "WorkflowStarted", "SideEffectRecorded",
          "TimerScheduled", "TimerFired")), "got %s", Scene.types(task));
    });
    section.check("task-long-history", "a long history comes whole, or in pages that can be fetched", s -> {
      WireWorker worker = s.worker();
      s.start();
      Object[] many = new Object[601];
      for (int i = 0; i < 600; i++) many[i] = Wants.sideEffect((long) i);
      many[600] = Wants.timer(0);
      worker.complete(worker.task(), many);
      Doc task = worker.task();
      int got = task.list("history_events").size();
      Object token = task.at("next_history_page_token");
      while (token != null) {
        Answer page = worker.client().post("/worker/workflow-tasks/" + task.text("task_id") + "/history",
            "next_history_page_token", token, "lease_owner", worker.id(), "workflow_task_attempt", 1).is(200);
        got += page.list("history_events").size();
        token = page.at("next_history_page_token");
      }
      Unmet.unless(got == 604, "got %d events", got);
    });
    section.check("task-pages", "a worker that wants pages gets the same history as one that wants it whole", s -> {
      WireWorker worker = s.worker();
      Flow flow = s.start();
      Doc first = worker.task();
      flow.signal("under-the-lease");
      worker.complete(first, Wants.sideEffect(1L), Wants.sideEffect(2L), Wants.timer(0));
      worker.runs(Wants.activity());
      worker.completeActivity(worker.activity(), Wants.envelope("x"));
      Doc task = new Doc(worker.poll("workflow-tasks", 15, "history_page_size", 3).is(200).at("task"));
      List<@Nullable Object> paged = new ArrayList<>(task.list("history_events").stream().map(Doc::value).toList());
      int pages = 1;
      Object token = task.at("next_history_page_token");
      while (token != null) {
        Answer page = worker.client().post("/worker/workflow-tasks/" + task.text("task_id") + "/history",
            "next_history_page_token", token, "lease_owner", worker.id(), "workflow_task_attempt", 1).is(200);
        paged.addAll(page.list("history_events").stream().map(Doc::value).toList());
        token = page.at("next_history_page_token");
        pages++;
      }
      worker.failTask(task, "once more, whole").is(200);
      Doc whole = worker.task();
      Unmet.unless(paged.equals(whole.list("history_events").stream().map(Doc::value).toList()),
          "%d pages say %s, the whole says %s", pages, paged, whole.at("history_events"));
      Unmet.unless(pages == 1 || task.list("history_events").size() <= 3, "a page of %d",
          task.list("history_events").size());
    });
    section.check("task-page-token", "a page token that was not given out is refused", s -> {
      WireWorker worker = s.worker();
      s.start();
      Doc task = worker.task();
      worker.client().post("/worker/workflow-tasks/" + task.text("task_id") + "/history", "next_history_page_token",
          "nonsense", "lease_owner", worker.id(), "workflow_task_attempt", 1).refused(400, "invalid_page_token");
    });
    section.check("task-heartbeat", "a heartbeat of a task renews its lease", s -> {
      WireWorker worker = s.worker();
      s.start();
      Doc task = worker.task();
      Answer got = worker.client().post("/worker/workflow-tasks/" + task.text("task_id") + "/heartbeat", "lease_owner",
          worker.id(), "workflow_task_attempt", 1).is(200);
      got.where("renewed", true, "task_status", "leased", "reason", null).has("run_status");
      got.text("lease_expires_at");
    });
  }

  private static void complete(Suite.Section section) {
    section.check("complete", "a completion is recorded", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      Doc task = worker.task();
      Answer got = worker.complete(task, Wants.complete(1L));
      got.where("task_id", task.at("task_id"), "workflow_task_attempt", 1, "outcome", "completed", "recorded", true,
          "run_id", flow.run(), "run_status", "completed", "reason", null);
      got.list("created_task_ids");
    });
    section.check("complete-waiting", "the status of a run that goes on is said", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.complete(worker.task(), Wants.timer(3_600)).where("run_status", "waiting");
    });
    section.check("complete-empty", "a completion has a command at least", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.report(worker.task()).invalid("commands");
    });
    section.check("complete-atomic", "all commands are applied, or none", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      Doc task = worker.task();
      worker.report(task, Wants.sideEffect(1L), Wants.activity(), Json.of("type", "no_such_command"))
          .invalid("commands.2.type");
      Unmet.unless(flow.types().size() == 2, "something was recorded: %s", flow.types());
      worker.complete(task, Wants.complete(1L));
    });
    section.check("complete-repeated", "a repeated completion gets the same answer", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      Doc task = worker.task();
      worker.complete(task, Wants.complete(1L));
      worker.complete(task, Wants.complete(1L)).where("outcome", "completed", "recorded", true);
      flow.event("WorkflowCompleted");
    });
    section.check("complete-repeated-open", "so does one of a run that goes on, and nothing is done twice", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      Doc task = worker.task();
      worker.complete(task, Wants.activity(), Wants.timer(3_600));
      worker.complete(task, Wants.activity(), Wants.timer(3_600)).where("outcome", "completed");
      flow.event("ActivityScheduled");
      flow.event("TimerScheduled");
    });
  }

  private static Answer reportAs(WireWorker worker, Doc task, Object owner, Object attempt) {
    return worker.client().post("/worker/workflow-tasks/" + task.text("task_id") + "/complete", "lease_owner", owner,
        "workflow_task_attempt", attempt, "commands", List.of(Wants.complete(1L)));
  }

  private static void fences(Suite.Section section) {
    section.check("fence-not-found", "an unknown task is not found", s -> s.worker().client().post(
        "/worker/workflow-tasks/nonsense/complete", "lease_owner", "w", "workflow_task_attempt", 1, "commands",
        List.of(Wants.complete(1L))).refused(404, "task_not_found"));
    section.check("fence-fields", "a report names owner and attempt", s -> {
      s.start();
      WireWorker worker = s.worker();
      Doc task = worker.task();
      String path = "/worker/workflow-tasks/" + task.text("task_id") + "/complete";
      worker.client().post(path, "workflow_task_attempt", 1, "commands", List.of(Wants.complete(1L)))
          .invalid("lease_owner");
      worker.client().post(path, "lease_owner", worker.id(), "commands", List.of(Wants.complete(1L)))
          .invalid("workflow_task_attempt");
    });
    section.check("fence-owner", "another worker's report changes nothing", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      WireWorker other = s.worker();
      Doc task = worker.task();
      reportAs(worker, task, other.id(), 1).refused(409, "lease_owner_mismatch").has("lease_owner");
      reportAs(worker, task, s.name("none"), 1).refused(409, "lease_owner_mismatch");
      flow.describe().where("is_terminal", false);
    });
    section.check("fence-attempt", "a report of another attempt changes nothing", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      Doc task = worker.task();
      reportAs(worker, task, worker.id(), 2).refused(409, "workflow_task_attempt_mismatch").where("current_attempt", 1);
      flow.describe().where("is_terminal", false);
    });
    for (var end : Map.of("cancel", "run_cancelled", "terminate", "run_terminated").entrySet()) {
      section.check("fence-" + end.getKey(), "a report to a run that ended by %s says why".formatted(end.getKey()), s -> {
        Flow flow = s.start();
        WireWorker worker = s.worker();
        Doc task = worker.task();
        flow.post(end.getKey()).is(200);
        Answer got = worker.report(task, Wants.complete(1L)).refused(409, "run_closed");
        got.where("stop_reason", end.getValue(), "can_continue", false, "run_status",
            end.getKey().equals("cancel") ? "cancelled" : "terminated");
        got.has("cancel_requested", "run_closed_reason", "run_closed_at");
        Unmet.unless(!flow.types().contains("WorkflowCompleted"), "it was completed all the same");
      });
    }
    section.check("fence-not-leased", "a report after the task was given up is refused", s -> {
      s.start();
      WireWorker worker = s.worker();
      Doc task = worker.task();
      worker.failTask(task, "boom").is(200);
      int status = worker.report(task, Wants.complete(1L)).status();
      Unmet.unless(status == 409, "it was answered with %d", status);
    });
    section.check("fence-other-kind", "a task of another kind is not found", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      Doc activity = worker.activity();
      worker.client().post("/worker/workflow-tasks/" + activity.text("task_id") + "/complete", "lease_owner",
          worker.id(), "workflow_task_attempt", 1, "commands", List.of(Wants.complete(1L))).refused(404,
              "task_not_found");
    });
  }

  private static void fail(Suite.Section section) {
    section.check("fail", "a failed task is no failed workflow", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.failTask(worker.task(), "no such type").is(200).where("outcome", "failed", "recorded", true)
          .has("reason", "next_task_id");
      flow.describe().where("is_terminal", false);
      Unmet.unless(!flow.types().contains("WorkflowFailed"), "got %s", flow.types());
    });
    section.check("fail-again", "a failed task comes again, with the next attempt, and heals", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.failTask(worker.task(), "boom").is(200);
      Doc again = worker.task();
      again.where("run_id", flow.run(), "workflow_task_attempt", 2);
      worker.complete(again, Wants.complete(1L));
    });
    section.check("fail-debug", "a failure is shown by debug", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.failTask(worker.task(), "out of cheese").is(200);
      Answer got = s.operator().get(flow.path() + "/debug").is(200);
      Unmet.unless(Json.text(got.at("recent_failures")).contains("out of cheese")
          || Json.text(got.at("findings")).contains("out of cheese"), "the failure is not in %s", got);
    });
    section.check("fail-fields", "a failure has a message", s -> {
      s.start();
      WireWorker worker = s.worker();
      Doc task = worker.task();
      worker.client().post("/worker/workflow-tasks/" + task.text("task_id") + "/fail", "lease_owner", worker.id(),
          "workflow_task_attempt", 1).invalid("failure");
    });
    section.check("fail-fences", "a failure is fenced like a completion", s -> {
      s.start();
      WireWorker worker = s.worker();
      WireWorker other = s.worker();
      Doc task = worker.task();
      String path = "/worker/workflow-tasks/" + task.text("task_id") + "/fail";
      worker.client().post(path, "lease_owner", other.id(), "workflow_task_attempt", 1, "failure",
          Json.of("message", "x")).refused(409, "lease_owner_mismatch");
      worker.client().post(path, "lease_owner", worker.id(), "workflow_task_attempt", 9, "failure",
          Json.of("message", "x")).refused(409, "workflow_task_attempt_mismatch");
      worker.client().post("/worker/workflow-tasks/none/fail", "lease_owner", worker.id(), "workflow_task_attempt", 1,
          "failure", Json.of("message", "x")).refused(404, "task_not_found");
    });
  }
}
