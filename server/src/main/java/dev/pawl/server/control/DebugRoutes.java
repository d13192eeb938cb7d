package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;
import static dev.pawl.server.http.Scope.OPERATOR;

import dev.pawl.core.run.Run;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Failure;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Histories;
import dev.pawl.server.wire.Instants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Why a run is where it is: its open tasks, what went wrong lately, and what would move it. */
public final class DebugRoutes {
  private static final int MOST_TASKS = 25;
  private static final int MOST_FAILURES = 10;
  private static final int LEDGER_LINES = 50;

  private final PawlEngine engine;

  public DebugRoutes(PawlEngine engine) {
    this.engine = engine;
  }

  public List<Route> routes() {
    Field last = Field.bool("include_last_event_payload", "whether the newest event comes with its payload");
    return List.of(
        Route.get("workflow.debug_workflow", "/workflows/{workflow_id}/debug", CONTROL, OPERATOR,
            "Why a run is not moving", this::debug).query(last),
        Route.get("workflow.debug_run", "/workflows/{workflow_id}/runs/{run_id}/debug", CONTROL, OPERATOR,
            "Why a run is not moving", this::debug).query(last));
  }

  private Reply debug(Call call) {
    ControlApi control = engine.control();
    RunRef ref = Told.ref(call);
    ControlApi.RunView view = control.describe(ref);
    ControlApi.Explanation why = control.explain(ref);
    List<Map<String, @Nullable Object>> failures = control.ledger(ref, LEDGER_LINES).stream()
        .map(line -> Json.of("at", Instants.text(line.at()), "what", line.what(), "cause", line.cause(), "reason",
            line.reason())).toList();
    List<Map<String, @Nullable Object>> recent =
        failures.subList(Math.max(0, failures.size() - MOST_FAILURES), failures.size());
    String status = view.status().closed() ? "closed" : view.displayed().equals("BLOCKED") ? "blocked" : "ok";
    List<ActivityTask> open = view.status().closed() ? List.of() : engine.store().visibility().activitiesOf(view.run());
    return Reply.ok(Json.of("generated_at", Instants.text(engine.now()), "workflow_id", ref.workflowId(), "run_id",
        view.run().toString(), "namespace", ref.namespace(), "diagnostic_status", status, "execution",
        RunShapes.line(view), "pending_workflow_tasks", workflowTasks(view), "pending_activities",
        open.stream().limit(MOST_TASKS).map(DebugRoutes::activity).toList(), "pending_activity_count", open.size(),
        "task_queue", Json.of("name", view.queue()), "recent_failures", recent, "compatibility", Json.of(),
        "last_event", lastEvent(view, call.asked("include_last_event_payload")), "waiting_for", why.waitingFor(),
        "findings", findings(why), "summary", why.summary()));
  }

  private static List<String> findings(ControlApi.Explanation why) {
    List<String> findings = new ArrayList<>();
    findings.add(why.summary());
    findings.addAll(why.advice());
    return findings;
  }

  /** The run's own task, if its program has something to look at. */
  private List<Map<String, @Nullable Object>> workflowTasks(ControlApi.RunView view) {
    Run run = engine.store().load(new Store.Wanted(List.of(view.run()), List.of(), List.of(), List.of(), List.of()))
        .runs().get(view.run());
    if (run == null) return List.of();
    WorkflowTask task = run.task();
    if (task.phase() == WorkflowTask.Phase.IDLE || task.phase() == WorkflowTask.Phase.NONE) return List.of();
    return List.of(Json.of("task_id", view.run() + ":0:" + task.epoch(), "task_type", "workflow", "status",
        task.phase().name().toLowerCase(Locale.ROOT), "task_queue", view.queue(), "workflow_task_attempt",
        task.losses() + task.failures() + 1, "available_at", Instants.text(task.visibleAt()), "since",
        Instants.text(task.since()), "losses", task.losses(), "failures", task.failures(), "last_error",
        task.reason()));
  }

  private static Map<String, @Nullable Object> activity(ActivityTask task) {
    Failure before = task.lastFailure();
    return Json.of("task_id", task.id().run() + ":" + task.id().step() + ":" + task.epoch(), "activity_execution_id",
        task.id().run() + ":" + task.id().step(), "sequence", task.id().step(), "activity_type", task.activityType(),
        "status", task.phase().name().toLowerCase(Locale.ROOT), "task_queue", task.options().queue(), "attempt_number",
        task.attempt(), "max_attempts", task.options().retry().maxAttempts(), "scheduled_at",
        Instants.text(task.scheduledAt()), "available_at", Instants.text(task.visibleAt()), "leased_at",
        Instants.textOrNull(task.leasedAt()), "last_heartbeat_at", Instants.textOrNull(task.heartbeatAt()), "losses",
        task.losses(), "cancel_requested", task.cancelRequested(), "last_error", before == null ? null : before.message());
  }

  private @Nullable Map<String, @Nullable Object> lastEvent(ControlApi.RunView view, boolean payload) {
    RunRef ref = new RunRef(view.namespace(), view.workflowId(), view.run());
    var events = engine.control().history(ref, Math.max(0, view.lastSeq() - 1), 1, Duration.ZERO);
    if (events.isEmpty()) return null;
    Map<String, @Nullable Object> shown =
        new Histories(view.namespace(), view.workflowId(), view.run()).all(events).getLast();
    Map<String, @Nullable Object> last = Json.of("sequence", shown.get("sequence"), "event_type",
        shown.get("event_type"), "timestamp", shown.get("timestamp"));
    if (payload) last.put("payload", shown.get("payload"));
    return last;
  }
}
