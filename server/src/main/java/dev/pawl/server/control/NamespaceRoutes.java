package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;

import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Store;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.fleet.Registration;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import dev.pawl.server.json.Json;
import dev.pawl.server.storage.ExternalStorage;
import dev.pawl.server.storage.StoragePolicy;
import dev.pawl.server.wire.Instants;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tenants. */
public final class NamespaceRoutes {
  private static final String KIND = "namespace";
  private static final int RETENTION_DAYS = 30;

  private final PawlEngine engine;
  private final Fleet fleet;
  private final ExternalStorage storage;

  public NamespaceRoutes(PawlEngine engine, Fleet fleet, ExternalStorage storage) {
    this.engine = engine;
    this.fleet = fleet;
    this.storage = storage;
  }

  public List<Route> routes() {
    Field description = Field.text("description", 1_000, "for people");
    Field retention = Field.integer("retention_days", 1, 365, "how long closed runs are kept, default 30");
    return List.of(
        Route.get("namespace.list", "/namespaces", CONTROL, Scope.OPERATOR, "All namespaces", this::list)
            .anyNamespace(),
        Route.post("namespace.create", "/namespaces", CONTROL, Scope.ADMIN, "Make a namespace", this::create)
            .anyNamespace().body(Field.text("name", 128, "letters, digits or . _ -").must(), description, retention),
        Route.get("namespace.describe", "/namespaces/{name}", CONTROL, Scope.OPERATOR, "One namespace", this::describe)
            .anyNamespace(),
        Route.put("namespace.update", "/namespaces/{name}", CONTROL, Scope.ADMIN, "Change a namespace", this::update)
            .anyNamespace().body(description, retention),
        Route.delete("namespace.delete", "/namespaces/{name}", CONTROL, Scope.ADMIN,
            "Delete a namespace with everything in it", this::delete).anyNamespace(),
        Route.put("namespace.external_storage", "/namespaces/{name}/external-storage", CONTROL, Scope.ADMIN,
            "Say where the large payloads of a namespace lie", this::storage).anyNamespace().body(
            Field.text("driver", 16, "").oneOf(StoragePolicy.DRIVERS.toArray(String[]::new)).must(),
            Field.bool("enabled", "default true"),
            Field.integer("threshold_bytes", 1, Payload.MAX_BYTES, "payloads from here on belong outside"),
            Field.object("config", 0, "uri, bucket, prefix, region, endpoint")));
  }

  private Reply delete(Call call) {
    Store.Namespace one = named(call);
    if (one.name().equals(PawlEngine.DEFAULT_NAMESPACE) || one.name().equals("pawl")) {
      throw new Refusal(409, "namespace_protected", "namespace '%s' is always there".formatted(one.name()),
          "namespace", one.name());
    }
    Map<String, @Nullable Object> last = shape(one);
    List<Registration> workers = fleet.all(one.name());
    for (Registration worker : workers) fleet.deregister(one.name(), worker.workerId());
    Store.Erased erased = engine.deleteNamespace(one.name());
    last.put("status", "deleted");
    last.put("deleted", Json.of("workflow_runs", erased.runs(), "jobs", erased.jobs(), "workers", workers.size(),
        "others", erased.others()));
    return Reply.ok(last);
  }

  private Reply storage(Call call) {
    Store.Namespace one = named(call);
    storage.put(one.name(), call.body());
    touched(one.name());
    return Reply.ok(shape(one));
  }

  private Reply list(Call call) {
    return Reply.ok(Json.of("namespaces", engine.namespaces().stream()
        .filter(one -> call.principal().mayTouch(one.name())).map(this::shape).toList()));
  }

  private Reply create(Call call) {
    String name = call.text("name", "").toLowerCase(Locale.ROOT);
    if (!name.matches("[a-z0-9._-]{1,128}")) {
      throw Refusal.invalid("name", "The name field has 1 to 128 letters, digits or . _ -");
    }
    allowed(call, name);
    boolean added = engine.addNamespace(new Store.Namespace(name, call.text("description", ""),
        Duration.ofDays(call.integer("retention_days", RETENTION_DAYS))));
    if (!added) {
      throw new Refusal(409, "namespace_already_exists", "there is a namespace '%s' already".formatted(name),
          "namespace", name);
    }
    touched(name);
    return Reply.of(201, shape(find(name).orElseThrow()));
  }

  private static void allowed(Call call, String name) {
    if (call.principal().mayTouch(name)) return;
    throw new Refusal(403, "forbidden", "this token is not for namespace '%s'".formatted(name), "role",
        call.principal().role().wire(), "allowed_roles", List.of());
  }

  private Reply describe(Call call) {
    return Reply.ok(shape(named(call)));
  }

  private Reply update(Call call) {
    Store.Namespace old = named(call);
    engine.putNamespace(new Store.Namespace(old.name(),
        call.body().containsKey("description") ? call.text("description", "") : old.description(),
        call.has("retention_days") ? Duration.ofDays(call.integer("retention_days",
            RETENTION_DAYS)) : old.retention()));
    touched(old.name());
    return Reply.ok(shape(named(call)));
  }

  private Store.Namespace named(Call call) {
    String name = call.parameter("name").toLowerCase(Locale.ROOT);
    allowed(call, name);
    return find(name).orElseThrow(() -> new Refusal(404, "namespace_not_found",
        "there is no namespace '%s'".formatted(name), "namespace", name, "remediation",
        "Create it with POST /api/namespaces."));
  }

  private Optional<Store.Namespace> find(String name) {
    return engine.namespaces().stream().filter(one -> one.name().equals(name)).findFirst();
  }

  /** The engine has no times for namespaces; people want them. */
  private void touched(String name) {
    var declared = engine.store().declarations();
    String created = declared.find(name, KIND, "times").map(it -> Json.string(Json.stored(it.data()), "created_at"))
        .orElse(null);
    declared.put(name, KIND, "times",
        Json.text(Json.of("created_at", created == null ? Instants.text(engine.now()) : created)));
  }

  private Map<String, @Nullable Object> shape(Store.Namespace one) {
    var times = engine.store().declarations().find(one.name(), KIND, "times");
    String created = times.map(it -> Json.string(Json.stored(it.data()), "created_at")).orElse(null);
    return Json.of("name", one.name(), "description", one.description().isEmpty() ? null : one.description(),
        "retention_days", Math.max(1, one.retention().toDays()), "status", "active", "external_payload_storage",
        storage.shape(one.name()),
        "created_at", created == null ? Instants.text(Instant.EPOCH) : created, "updated_at",
        times.map(it -> Instants.text(it.at())).orElse(Instants.text(Instant.EPOCH)));
  }
}
