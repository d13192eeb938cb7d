package dev.pawl.server;

import dev.pawl.engine.Health;
import dev.pawl.engine.PawlEngine;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.server.control.RecoveryBound;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.fleet.Registration;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Instants;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What can be asked before anything else: whether the server lives, is ready, and what it speaks. */
final class DiscoveryRoutes {
  private final PawlEngine engine;
  private final Fleet fleet;
  private final ServerConfig config;
  private final Supplier<Map<String, @Nullable Object>> description;

  /** @param description of all routes, as OpenAPI */
  DiscoveryRoutes(PawlEngine engine, Fleet fleet, ServerConfig config,
      Supplier<Map<String, @Nullable Object>> description) {
    this.engine = engine;
    this.fleet = fleet;
    this.config = config;
    this.description = description;
  }

  List<Route> routes() {
    return List.of(
        Route.get("health", "/health", Plane.OPEN, Scope.PUBLIC, "Whether the server lives", this::health),
        Route.get("ready", "/ready", Plane.OPEN, Scope.PUBLIC, "Whether the server gets work done", this::ready),
        Route.get("cluster.info", "/cluster/info", Plane.OPEN, Scope.ANY, "What the server speaks and can do",
            this::info),
        Route.get("openapi", "/openapi.json", Plane.OPEN, Scope.PUBLIC, "This description",
            call -> Reply.ok(description.get())));
  }

  private Reply health(Call call) {
    try {
      String at = Instants.text(engine.now());
      engine.namespaces();
      return Reply.ok(Json.of("status", "serving", "timestamp", at, "checks", Json.of("database", "ok")));
    } catch (RuntimeException e) {
      return Reply.of(503, Json.of("status", "degraded", "timestamp", null, "checks", Json.of("database",
          "unavailable")));
    }
  }

  private Reply ready(Call call) {
    Health health = engine.health();
    Map<String, @Nullable Object> database;
    Map<String, @Nullable Object> namespace;
    try {
      boolean there = engine.namespaces().stream().anyMatch(one -> one.name().equals(config.namespace()));
      database = Json.of("status", "ok");
      namespace = there
          ? Json.of("status", "ok", "namespace", config.namespace())
          : Json.of("status", "missing", "namespace", config.namespace(), "remediation",
              "Create it with POST /api/namespaces.");
    } catch (RuntimeException e) {
      database = Json.of("status", "unavailable", "message", e.getMessage());
      namespace = Json.of("status", "unknown", "namespace", config.namespace());
    }
    Map<String, @Nullable Object> engineCheck = health.ready()
        ? Json.of("status", "ok")
        : Json.of("status", "stuck", "message", String.join("; ", health.problems()));
    Map<String, @Nullable Object> checks = Json.of("database", database, "migrations", Json.of("status", "ok"),
        "default_namespace", namespace, "cache", Json.of("status", "ok"), "engine", engineCheck, "auth",
        Json.of("status", "ok", "driver", config.auth()));
    boolean ready = checks.values().stream().allMatch(check -> "ok".equals(Json.object(check).get("status")));
    return Reply.of(ready ? 200 : 503, Json.of("status", ready ? "ready" : "not_ready", "timestamp",
        Instants.text(engine.now()), "checks", checks));
  }

  private Reply info(Call call) {
    List<Registration> workers = engine.namespaces().stream().anyMatch(one -> one.name().equals(call.namespace()))
            && call.principal().mayTouch(call.namespace())
        ? fleet.all(call.namespace())
        : List.of();
    TreeSet<String> queues = new TreeSet<>();
    TreeSet<String> builds = new TreeSet<>();
    long active = 0;
    for (Registration one : workers) {
      if (one.stale(engine.now())) continue;
      active++;
      queues.add(one.queue());
      String build = one.buildId();
      if (build != null) builds.add(build);
    }
    Map<String, @Nullable Object> all = Capabilities.discovery(config.serverId(), PawlServer.version(), config.namespace(),
        config.longPoll(),
        config.maxBody(), Json.of("namespace", call.namespace(), "active_workers", active, "queues",
            List.copyOf(queues),
            "build_ids", List.copyOf(builds), "workers", List.of()));
    all.put("jobs", RecoveryBound.ofJobs(engine.leases()));
    return Reply.ok(all);
  }
}
