package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;

import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Store;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Handler;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Instants;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an administrator of other servers has to start by hand, and figures. Timers, repair and retention go on by
 * themselves here, so the passes have nothing left to do and say so.
 */
public final class UpkeepRoutes {
  private static final int SCAN = 100;

  private final PawlEngine engine;
  private final Fleet fleet;

  public UpkeepRoutes(PawlEngine engine, Fleet fleet) {
    this.engine = engine;
    this.fleet = fleet;
  }

  public List<Route> routes() {
    return List.of(
        admin("system.repair", "/system/repair", "What would be repaired", call -> Reply.ok(Json.of("policy", policy(),
            "candidates", Json.of("existing_task_candidates", 0, "missing_task_candidates", 0,
                "total_candidates", 0, "scan_limit", SCAN, "scan_pressure", false)))),
        pass("system.repair_pass", "/system/repair/pass", call -> Reply.ok(Json.of("selected_existing_task_candidates",
            0,
            "selected_missing_task_candidates", 0, "repaired_existing_tasks", 0, "repaired_missing_tasks", 0,
            "dispatched_tasks", 0, "throttled", false, "existing_task_failures", List.of(), "missing_run_failures",
            List.of()))),
        admin("system.activity_timeouts", "/system/activity-timeouts", "Timeouts that wait to be enforced",
            call -> Reply.ok(Json.of("expired_count", 0, "expired_execution_ids", List.of(), "scan_limit", SCAN,
                "scan_pressure", false))),
        pass("system.activity_timeouts_pass", "/system/activity-timeouts/pass", call -> Reply.ok(Json.of("processed", 0,
            "enforced", 0, "skipped", 0, "failed", 0, "results", List.of()))),
        admin("system.retention", "/system/retention", "Closed runs that are about to go", this::retention),
        pass("system.retention_pass", "/system/retention/pass", call -> Reply.ok(Json.of("processed", 0, "pruned", 0,
            "skipped", 0, "failed", 0, "results", List.of()))),
        admin("system.metrics", "/system/metrics", "Figures", this::metrics),
        admin("system.operator_metrics", "/system/operator-metrics", "Figures for operators", this::operators),
        new Route("system.prometheus", "GET", "/system/prometheus-metrics", Plane.OPEN, Scope.ADMIN, List.of(),
            List.of(), List.of(), 1, false, "Figures as Prometheus reads them", call -> Reply.text(200, prometheus(),
                "text/plain; version=0.0.4")));
  }

  private static Route admin(String name, String path, String summary, Handler handler) {
    return Route.get(name, path, CONTROL, Scope.ADMIN, summary, handler);
  }

  private static Route pass(String name, String path, Handler handler) {
    return Route.post(name, path, CONTROL, Scope.ADMIN, "Nothing to do: it goes on by itself", handler);
  }

  private static Map<String, @Nullable Object> policy() {
    return Json.of("redispatch_after_seconds", 1, "loop_throttle_seconds", 1, "scan_limit", SCAN,
        "failure_backoff_max_seconds", 60);
  }

  private Reply retention(Call call) {
    Duration keep = engine.namespaces().stream().filter(one -> one.name().equals(call.namespace()))
        .map(Store.Namespace::retention).findFirst().orElse(Duration.ofDays(30));
    return Reply.ok(Json.of("namespace", call.namespace(), "retention_days", Math.max(1, keep.toDays()), "cutoff",
        Instants.text(engine.now().minus(keep)), "expired_run_count", 0, "expired_run_ids", List.of(), "scan_limit",
            SCAN,
        "scan_pressure", false));
  }

  private Reply metrics(Call call) {
    Map<String, @Nullable Object> figures = Json.of();
    Figures.of(engine.metrics(), engine.hints()).forEach((name, value) -> figures.put(name, Json.of("type", "counter", "value",
        value)));
    return Reply.ok(Json.of("generated_at", Instants.text(engine.now()), "namespace", call.namespace(), "metrics",
        figures,
        "cardinality", Json.of("series", figures.size())));
  }

  private Reply operators(Call call) {
    long open = engine.control().count(call.namespace(), "Status = 'RUNNING'");
    long blocked = engine.control().count(call.namespace(), "Status = 'BLOCKED'");
    var workers = fleet.all(call.namespace());
    long active = workers.stream().filter(one -> !one.stale(engine.now())).count();
    Map<String, @Nullable Object> empty = Json.of();
    return Reply.ok(Json.of("namespace", call.namespace(), "operator_metrics", Json.of("generated_at",
        Instants.text(engine.now()), "runs", Json.of("open", open, "blocked", blocked), "tasks", empty, "backlog",
            empty,
        "repair", Json.of("candidates", 0), "workers", Json.of("active", active, "registered", workers.size()),
        "backend", Json.of("healthy", engine.health().ready()), "schedules", empty, "activities", empty,
            "repair_policy",
        policy(), "matching_role", empty, "projections", empty)));
  }

  private String prometheus() {
    StringBuilder out = new StringBuilder();
    Figures.of(engine.metrics(), engine.hints()).forEach((name, value) -> out.append("# TYPE pawl_").append(name)
        .append(" counter\npawl_")
        .append(name).append(' ').append(value).append('\n'));
    var health = engine.health();
    out.append("# TYPE pawl_ready gauge\npawl_ready ").append(health.ready() ? 1 : 0).append('\n');
    out.append("# TYPE pawl_lane_waiting gauge\npawl_lane_waiting ").append(health.waiting()).append('\n');
    out.append("# TYPE pawl_job_orphans gauge\npawl_job_orphans ").append(engine.orphanJobs()).append('\n');
    out.append("# TYPE pawl_job_types_unserved gauge\npawl_job_types_unserved ")
        .append(engine.unservedJobTypes().size()).append('\n');
    out.append("# TYPE pawl_recovery_bound_seconds gauge\n");
    RecoveryBound.seconds(engine.leases()).forEach((kind, seconds) -> out.append("pawl_recovery_bound_seconds{kind=\"")
        .append(kind).append("\"} ").append(seconds).append('\n'));
    out.append("# TYPE pawl_polls_waiting gauge\npawl_polls_waiting ").append(health.polls()).append('\n');
    return out.toString();
  }
}
