package dev.pawl.server.work;

import static dev.pawl.server.http.Plane.WORKER;

import dev.pawl.core.value.RejectedException;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.server.carrier.CarrierPlan;
import dev.pawl.server.control.SearchTypes;
import dev.pawl.server.fleet.Admission;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.fleet.Registration;
import dev.pawl.server.fleet.Rollouts;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.PageTokens;
import dev.pawl.server.wire.Questions;
import dev.pawl.server.wire.Tickets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The whole worker plane. */
public final class WorkRoutes {
  private final PawlEngine engine;
  private final Fleet fleet;
  private final Rollouts rollouts;
  private final WorkflowTaskRoutes workflows;
  private final ActivityTaskRoutes activities;
  private final QueryTaskRoutes queries;
  private final UpdateValidationRoutes validations;

  /** @param patience of a poll that does not say how long it waits */
  public WorkRoutes(PawlEngine engine, Fleet fleet, Rollouts rollouts, Admission admission, SearchTypes types,
      Tickets tickets, PageTokens pages, Questions questions, Duration patience, boolean messagesAfterFirstTask,
      CarrierPlan carriers) {
    this.engine = engine;
    this.fleet = fleet;
    this.rollouts = rollouts;
    Polling polling = new Polling(engine, fleet, rollouts, admission, patience);
    validations = new UpdateValidationRoutes(engine, polling, questions);
    workflows = new WorkflowTaskRoutes(engine, fleet, types, tickets, new TaskPages(engine, pages), polling, validations,
        messagesAfterFirstTask);
    activities = new ActivityTaskRoutes(engine, fleet, tickets, polling, carriers);
    queries = new QueryTaskRoutes(engine, polling, questions);
  }

  static Field[] pollFields() {
    return new Field[] {
      Field.text("worker_id", 255, "as it registered").must(),
      Field.text("task_queue", 255, "as it registered").must(),
      Field.text("poll_request_id", 255, "the same id again gets the same answer"),
      Field.text("build_id", 255, "as it registered"),
      Field.integer("timeout_seconds", 0, 60, "how long to wait, 0 for a probe"),
      Field.list("task_kinds", "kinds of workflow tasks that the worker takes"),
      Field.integer("history_page_size", 1, TaskPages.LARGEST, "most events that come with a workflow task; all if absent")
    };
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>(List.of(
        Route.post("worker.register", "/worker/register", WORKER, Scope.WORKER, "A worker says what it can do",
            this::register).body(Field.text("worker_id", 255, "unique in the namespace").must(),
            Field.text("task_queue", 255, "where it looks for work").must(), Field.text("runtime", 255, "language"),
            Field.text("sdk_version", 255, ""), Field.text("build_id", 255, "of its code"),
            Field.list("supported_workflow_types", "none: any"), Field.list("supported_activity_types", "none: any"),
            Field.object("workflow_definition_fingerprints", 0, "by workflow type"),
            Field.object("workflow_command_contracts", 0, "handlers, by workflow type"),
            Field.list("capabilities", ""), Field.integer("max_concurrent_workflow_tasks", 1, 1_000_000, ""),
            Field.integer("max_concurrent_activity_tasks", 1, 1_000_000, ""), Field.object("task_slots", 0, ""),
            Field.object("process_metrics", 0, "")),
        Route.post("worker.heartbeat", "/worker/heartbeat", WORKER, Scope.WORKER,
            "A sign of life, which renews everything that the worker holds", this::heartbeat).body(
            Field.text("worker_id", 255, "as it registered").must()),
        Route.delete("worker.deregister", "/worker/registrations/{worker_id}", WORKER, Scope.WORKER,
            "A worker leaves; what it holds is free at once", this::deregister)));
    routes.addAll(workflows.routes());
    routes.addAll(activities.routes());
    routes.addAll(queries.routes());
    routes.addAll(validations.routes());
    return routes;
  }

  private Reply register(Call call) {
    String id = call.text("worker_id", "");
    Map<String, @Nullable Object> prints = call.object("workflow_definition_fingerprints");
    fleet.find(call.namespace(), id).filter(known -> !known.stale(engine.now())).ifPresent(known -> {
      Map<String, @Nullable Object> before = Json.object(known.said().get("workflow_definition_fingerprints"));
      prints.forEach((type, print) -> {
        if (before.get(type) != null && !Objects.equals(before.get(type), print)) {
          throw new Refusal(409, "workflow_definition_changed",
              "worker '%s' is active with another definition of '%s'".formatted(id, type), "workflow_type", type,
              "worker_id", id, "remediation",
                  "Stop the worker first, or register the new code under another worker id.");
        }
      });
    });
    Map<String, @Nullable Object> said = new LinkedHashMap<>(call.body());
    boolean known = fleet.find(call.namespace(), id).map(Registration::said)
        .map(before -> prints.equals(before.get("workflow_definition_fingerprints"))).orElse(false);
    Registration worker = fleet.register(call.namespace(), id, said);
    if (!known) healBlocked(worker);
    boolean draining = rollouts.draining(call.namespace(), worker.queue(), worker.buildId());
    return Reply.of(201, Json.of("worker_id", id, "registered", true, "status", draining ? "draining" : "active",
        "task_queue", worker.queue(), "runtime", call.text("runtime"), "heartbeat_interval_seconds",
        Registration.HEARTBEAT.toSeconds(), "stale_after_seconds", Registration.STALE_AFTER.toSeconds()));
  }

  /** New code came: runs that blocked because no worker could go on with them get another chance. */
  private void healBlocked(Registration worker) {
    String filter = "Status = 'BLOCKED' and Queue = '%s'".formatted(worker.queue().replace("'", "''"));
    String cursor = null;
    do {
      ControlApi.RunPage page = engine.control().list(worker.namespace(), filter, 200, cursor);
      for (ControlApi.RunView run : page.runs()) {
        String reason = run.blockedReason();
        if (reason == null || !reason.startsWith(WorkflowTaskRoutes.TASK_FAILURE) || !worker.runs(run.workflowType())) continue;
        try {
          engine.control().unblock(new RunRef(run.namespace(), run.workflowId(), run.run()),
              "worker %s registered".formatted(worker.workerId()));
        } catch (RejectedException e) {
          // It closed meanwhile, or somebody else was faster.
        }
      }
      cursor = page.nextCursor();
    } while (cursor != null);
  }

  private Reply heartbeat(Call call) {
    String id = call.text("worker_id", "");
    if (fleet.heartbeat(call.namespace(), id, call.body()).isEmpty()) {
      throw new Refusal(404, "worker_not_registered",
          "worker '%s' is not registered in this namespace".formatted(id), "worker_id", id);
    }
    return Reply.ok(Json.of("worker_id", id, "acknowledged", true, "heartbeat_interval_seconds",
        Registration.HEARTBEAT.toSeconds(), "stale_after_seconds", Registration.STALE_AFTER.toSeconds()));
  }

  private Reply deregister(Call call) {
    String id = call.parameter("worker_id");
    int recovered = fleet.deregister(call.namespace(), id);
    if (recovered < 0) {
      throw new Refusal(404, "worker_not_found", "worker '%s' is not registered in this namespace".formatted(id),
          "worker_id", id);
    }
    return Reply.ok(Json.of("worker_id", id, "outcome", "deregistered", "recovered_workflow_task_count", recovered));
  }
}
