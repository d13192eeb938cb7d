package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;

import dev.pawl.core.run.Run;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Visibility;
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
import dev.pawl.server.wire.Instants;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Workers, the queues that they look at, and the builds that they run. */
public final class FleetRoutes {
  private static final int LEASES_SHOWN = 50;

  private final PawlEngine engine;
  private final Fleet fleet;
  private final Rollouts rollouts;
  private final Admission admission;

  public FleetRoutes(PawlEngine engine, Fleet fleet, Rollouts rollouts, Admission admission) {
    this.engine = engine;
    this.admission = admission;
    this.fleet = fleet;
    this.rollouts = rollouts;
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>(List.of(
        Route.get("worker.list", "/workers", CONTROL, Scope.OPERATOR, "Registered workers", this::workers).query(
            Field.text("task_queue", 255, ""), Field.text("status", 16, "active, draining or stale")),
        Route.get("worker.describe", "/workers/{worker_id}", CONTROL, Scope.OPERATOR, "One worker",
            call -> Reply.ok(shape(worker(call)))),
        Route.delete("worker.remove", "/workers/{worker_id}", CONTROL, Scope.ADMIN,
            "Forget a worker; what it holds is free at once", this::remove),
        Route.get("task_queue.list", "/task-queues", CONTROL, Scope.OPERATOR, "Queues that workers look at",
            this::queues),
        Route.get("task_queue.describe", "/task-queues/{task_queue}", CONTROL, Scope.OPERATOR, "One queue",
            this::queue),
        Route.get("task_queue.build_ids", "/task-queues/{task_queue}/build-ids", CONTROL, Scope.OPERATOR,
            "Builds of the workers of a queue", this::builds)));
    for (String act : List.of("drain", "resume", "promote")) {
      routes.add(Route.post("task_queue." + act, "/task-queues/{task_queue}/build-ids/" + act, CONTROL, Scope.OPERATOR,
          "Change what a build is given", call -> rollout(call, act))
          .body(Field.text("build_id", 255, "null: workers without a build")));
    }
    return routes;
  }

  // ---- workers

  private Registration worker(Call call) {
    String id = call.parameter("worker_id");
    return fleet.find(call.namespace(), id).orElseThrow(() ->
        new Refusal(404, "worker_not_found", "there is no worker '%s'".formatted(id), "worker_id", id));
  }

  private Reply workers(Call call) {
    String queue = call.query().get("task_queue");
    String status = call.query().get("status");
    List<Map<String, @Nullable Object>> shapes = fleet.all(call.namespace()).stream()
        .filter(one -> queue == null || queue.isEmpty() || one.queue().equals(queue)).map(this::shape)
        .filter(one -> status == null || status.isEmpty() || status.equals(one.get("status"))).toList();
    return Reply.ok(Json.of("namespace", call.namespace(), "workers", shapes, "stale_after_seconds",
        Registration.STALE_AFTER.toSeconds()));
  }

  private Reply remove(Call call) {
    Registration worker = worker(call);
    fleet.deregister(call.namespace(), worker.workerId());
    return Reply.ok(Json.of("worker_id", worker.workerId(), "outcome", "deregistered"));
  }

  private String status(Registration worker) {
    if (worker.stale(engine.now())) return "stale";
    return rollouts.draining(worker.namespace(), worker.queue(), worker.buildId()) ? "draining" : "active";
  }

  private Map<String, @Nullable Object> shape(Registration w) {
    Map<String, @Nullable Object> said = w.said();
    return Json.of("worker_id", w.workerId(), "namespace", w.namespace(), "task_queue", w.queue(), "runtime",
        said.get("runtime"), "sdk_version", said.get("sdk_version"), "build_id", w.buildId(), "status", status(w),
        "supported_workflow_types", w.workflowTypes(), "supported_activity_types", w.activityTypes(),
        "workflow_definition_fingerprints", Json.object(said.get("workflow_definition_fingerprints")), "capabilities",
        w.capabilities(), "max_concurrent_workflow_tasks", w.slots("workflow"), "max_concurrent_activity_tasks",
        w.slots("activity"), "task_slots", said.get("task_slots"), "process_metrics", said.get("process_metrics"),
        "heartbeat_interval_seconds", Registration.HEARTBEAT.toSeconds(), "last_heartbeat_at", Instants.text(w.at()),
        "heartbeat_expires_at", Instants.text(w.at().plus(Registration.STALE_AFTER)), "is_stale",
        w.stale(engine.now()), "registered_at", said.get("registered_at"), "updated_at", Instants.text(w.at()));
  }

  // ---- queues

  private Reply queues(Call call) {
    Set<String> names = new TreeSet<>();
    for (Registration one : fleet.all(call.namespace())) names.add(one.queue());
    List<Map<String, @Nullable Object>> queues = names.stream().map(name -> queue(call.namespace(), name)).toList();
    return Reply.ok(Json.of("namespace", call.namespace(), "task_queues", queues));
  }

  private Reply queue(Call call) {
    String name = call.parameter("task_queue");
    Map<String, @Nullable Object> shape = queue(call.namespace(), name);
    List<Registration> workers = on(call.namespace(), name);
    shape.put("pollers", workers.stream().map(this::shape).toList());
    shape.put("current_leases", leases(workers));
    shape.put("priority_fairness", WaitingView.of(engine.store(), call.namespace(), name, engine.now()));
    return Reply.ok(shape);
  }

  private List<Registration> on(String namespace, String queue) {
    return fleet.all(namespace).stream().filter(one -> one.queue().equals(queue)).toList();
  }

  private record Lease(Registration worker, Store.HeldLease held) {}

  private List<Map<String, @Nullable Object>> leases(List<Registration> workers) {
    List<Lease> leases = new ArrayList<>();
    for (Registration worker : workers) {
      engine.store().leasesOf(worker.session())
          .forEach(held -> leases.add(new Lease(worker, held)));
    }
    List<Lease> shown = leases.size() > LEASES_SHOWN ? leases.subList(0, LEASES_SHOWN) : leases;
    Store.Loaded loaded = engine.store().load(new Store.Wanted(
        shown.stream().map(one -> one.held().id().run()).distinct().toList(), List.of(),
        shown.stream().map(one -> one.held().id()).filter(id -> id.step() > 0).toList(), List.of(), List.of()));
    return shown.stream().map(one -> lease(one, loaded)).toList();
  }

  private Map<String, @Nullable Object> lease(Lease one, Store.Loaded loaded) {
    TaskId id = one.held().id();
    Instant until = one.worker().at().plus(Registration.STALE_AFTER);
    Run run = loaded.runs().get(id.run());
    ActivityTask activity = loaded.tasks().get(id);
    Map<String, @Nullable Object> shape = Json.of("task_id", id.run() + ":" + id.step() + ":" + one.held().epoch(),
        "task_type", id.step() == 0 ? "workflow" : "activity", "workflow_id",
        run == null ? null : run.state().workflowId(), "run_id", id.run().toString(), "lease_owner",
        one.worker().workerId(), "lease_expires_at", Instants.text(until), "is_expired",
        until.isBefore(engine.now()));
    if (id.step() == 0) {
      shape.put("workflow_task_attempt", run == null ? null : run.task().losses() + run.task().failures() + 1);
    } else {
      shape.put("attempt_number", activity == null ? null : activity.attempt());
    }
    return shape;
  }

  private Map<String, @Nullable Object> queue(String namespace, String name) {
    List<Registration> workers = on(namespace, name);
    Instant now = engine.now();
    long active = workers.stream().filter(one -> !one.stale(now)).count();
    Visibility.Backlog flows = engine.store().visibility().backlog(namespace, name, Store.TaskKind.WORKFLOW);
    Visibility.Backlog acts = engine.store().visibility().backlog(namespace, name, Store.TaskKind.ACTIVITY);
    int[] held = new int[2];
    int[] expired = new int[2];
    for (Registration one : workers) {
      for (Store.HeldLease lease : engine.store().leasesOf(one.session())) {
        int kind = lease.id().step() == 0 ? 0 : 1;
        held[kind]++;
        if (one.stale(now)) expired[kind]++;
      }
    }
    Instant oldest = flows.oldest() == null || (acts.oldest() != null && acts.oldest().isBefore(flows.oldest()))
        ? acts.oldest()
        : flows.oldest();
    Map<String, @Nullable Object> stats = Json.of("approximate_backlog_count", flows.waiting() + acts.waiting(),
        "approximate_backlog_age", oldest == null ? null : Duration.between(oldest, now).toSeconds(),
        "workflow_tasks", counts(flows, held[0], expired[0]), "activity_tasks", counts(acts, held[1], expired[1]), "pollers",
        Json.of("active_count", active, "stale_count", workers.size() - active, "stale_after_seconds",
            Registration.STALE_AFTER.toSeconds()));
    long flowSlots = workers.stream().filter(one -> !one.stale(now)).mapToLong(one -> one.slots("workflow")).sum();
    long actSlots = workers.stream().filter(one -> !one.stale(now)).mapToLong(one -> one.slots("activity")).sum();
    return Json.of("name", name, "namespace", namespace, "stats", stats, "admission", Json.of("workflow_tasks",
        admission(active, flowSlots, held[0], flows.waiting(), admission.limits(namespace, name,
            Admission.Kind.WORKFLOW)), "activity_tasks", admission(active, actSlots, held[1], acts.waiting(),
            admission.limits(namespace, name, Admission.Kind.ACTIVITY)), "query_tasks",
        Json.of("status", active > 0 ? "accepting" : "unavailable", "budget_source", "server", "max_pending_per_queue",
            10_000, "approximate_pending_count", 0, "remaining_pending_capacity", 10_000, "lock_required", false,
            "lock_supported", true)));
  }

  private static Map<String, @Nullable Object> counts(Visibility.Backlog backlog, int leased, int expired) {
    return Json.of("ready_count", backlog.waiting(), "leased_count", leased, "expired_lease_count", expired);
  }

  private Map<String, @Nullable Object> admission(long workers, long slots, int leased, long ready,
      Admission.Limits limits) {
    String full = workers == 0 || slots == 0 ? null : admission.full(limits);
    String status = workers == 0 ? "no_active_workers"
        : slots == 0 ? "no_slots" : full != null ? full : leased >= slots ? "saturated" : "accepting";
    Map<String, @Nullable Object> all = Json.of("status", status, "budget_source", "worker_registration",
        "active_worker_count", workers, "configured_slot_count", slots, "leased_count", leased, "ready_count", ready,
        "available_slot_count", Math.max(0, slots - leased));
    all.putAll(admission.view(limits));
    return all;
  }

  // ---- builds

  private Reply builds(Call call) {
    String queue = call.parameter("task_queue");
    Set<@Nullable String> builds = new LinkedHashSet<>();
    List<Registration> workers = on(call.namespace(), queue);
    for (Registration one : workers) builds.add(one.buildId());
    for (Map<String, @Nullable Object> one : rollouts.of(call.namespace(), queue)) builds.add(Json.string(one,
        "build_id"));
    List<Map<String, @Nullable Object>> shapes = new ArrayList<>();
    for (String build : builds) {
      shapes.add(build(call.namespace(), queue, build,
          workers.stream().filter(one -> Objects.equals(one.buildId(), build)).toList()));
    }
    return Reply.ok(Json.of("namespace", call.namespace(), "task_queue", queue, "stale_after_seconds",
        Registration.STALE_AFTER.toSeconds(), "build_ids", shapes));
  }

  private Map<String, @Nullable Object> build(String namespace, String queue, @Nullable String build,
      List<Registration> workers) {
    Map<String, @Nullable Object> known = rollouts.find(namespace, queue, build);
    boolean draining = "draining".equals(known.get("drain_intent"));
    long stale = workers.stream().filter(one -> one.stale(engine.now())).count();
    long alive = workers.size() - stale;
    String status = workers.isEmpty() ? "no_workers" : alive == 0 ? "stale_only" : draining ? "draining" : "active";
    Instant last = workers.stream().map(Registration::at).max(Instant::compareTo).orElse(null);
    Map<String, Set<String>> prints = fingerprints(workers);
    return Json.of("build_id", build, "rollout_status", status, "drain_intent", draining ? "draining" : "active",
        "drained_at", known.get("drained_at"), "promoted_at", known.get("promoted_at"), "rolled_back_at",
        known.get("rolled_back_at"), "new_start_selected", selected(namespace, queue, build, known),
        "active_worker_count",
        draining ? 0 : alive, "draining_worker_count", draining ? alive : 0, "stale_worker_count", stale,
        "total_worker_count", workers.size(), "runtimes", distinct(workers, "runtime"), "sdk_versions",
        distinct(workers, "sdk_version"), "workflow_definition_fingerprint_count",
        prints.values().stream().mapToInt(Set::size).sum(), "workflow_definition_fingerprint_conflicts",
        prints.entrySet().stream().filter(one -> one.getValue().size() > 1).map(one -> Json.of("workflow_type",
            one.getKey(), "fingerprint_count", one.getValue().size())).toList(), "last_heartbeat_at", Instants.textOrNull(last), "first_seen_at",
        workers.stream().map(one -> Json.string(one.said(), "registered_at", "")).filter(at -> !at.isEmpty())
            .min(String::compareTo).orElse(null));
  }

  /** By workflow type, what the workers of one build say of its code: more than one, and the build is not one. */
  private static Map<String, Set<String>> fingerprints(List<Registration> workers) {
    Map<String, Set<String>> all = new TreeMap<>();
    for (Registration one : workers) {
      Json.object(one.said().get("workflow_definition_fingerprints")).forEach((type, print) -> {
        if (print instanceof String text) all.computeIfAbsent(type, key -> new TreeSet<>()).add(text);
      });
    }
    return all;
  }

  private boolean selected(String namespace, String queue, @Nullable String build,
      Map<String, @Nullable Object> known) {
    return known.get("promoted_at") != null && !"draining".equals(known.get("drain_intent"))
        && Objects.equals(rollouts.promoted(namespace, queue), build);
  }

  private static List<String> distinct(List<Registration> workers, String member) {
    return workers.stream().map(one -> Json.string(one.said(), member)).filter(Objects::nonNull)
        .map(Objects::requireNonNull).distinct().toList();
  }

  private Reply rollout(Call call, String act) {
    if (!call.body().containsKey("build_id")) throw Refusal.invalid("build_id", "The build id field must be present.");
    String queue = call.parameter("task_queue");
    String build = call.text("build_id");
    Map<String, @Nullable Object> before = rollouts.find(call.namespace(), queue, build);
    Map<String, @Nullable Object> change = new LinkedHashMap<>();
    String now = Instants.text(engine.now());
    switch (act) {
      case "drain" -> {
        change.put("drain_intent", "draining");
        change.put("drained_at", before.get("drained_at") == null ? now : before.get("drained_at"));
        if (selected(call.namespace(), queue, build, before)) change.put("rolled_back_at", now);
      }
      case "resume" -> {
        change.put("drain_intent", "active");
        change.put("drained_at", null);
      }
      default -> {
        change.put("drain_intent", "active");
        change.put("drained_at", null);
        change.put("promoted_at", now);
        change.put("rolled_back_at", null);
      }
    }
    Map<String, @Nullable Object> after = rollouts.put(call.namespace(), queue, build, change);
    return Reply.ok(Json.of("namespace", call.namespace(), "task_queue", queue, "build_id", build, "drain_intent",
        after.get("drain_intent"), "drained_at", after.get("drained_at"), "promoted_at", after.get("promoted_at"),
        "new_start_selected", selected(call.namespace(), queue, build, after)));
  }
}
