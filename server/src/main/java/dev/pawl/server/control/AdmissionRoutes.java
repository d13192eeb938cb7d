package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;

import dev.pawl.server.fleet.Admission;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import dev.pawl.server.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Limits of what workers are given, of a queue and of a namespace. What is put replaces what was there. */
public final class AdmissionRoutes {
  private static final String GROUPS = "budget_groups";
  private static final long MOST = 1_000_000_000L;

  private final Admission admission;

  public AdmissionRoutes(Admission admission) {
    this.admission = admission;
  }

  public List<Route> routes() {
    Field flows = Field.object("workflow_tasks", 0, "max_active_leases, max_dispatches_per_minute");
    Field acts = Field.object("activity_tasks", 0, "max_active_leases, max_dispatches_per_minute");
    return List.of(
        Route.get("task_queue.admission", "/task-queues/{task_queue}/admission", CONTROL, Scope.OPERATOR,
            "Limits of a queue", call -> Reply.ok(queue(call))),
        Route.put("task_queue.limit", "/task-queues/{task_queue}/admission", CONTROL, Scope.OPERATOR,
            "Limit what workers of a queue are given; a budget_group too", call -> {
              admission.ofQueue(call.namespace(), call.parameter("task_queue"),
                  limits(call, Set.of("max_active_leases", "max_dispatches_per_minute", "budget_group")));
              return Reply.ok(queue(call));
            }).body(flows, acts),
        Route.get("admission.describe", "/admission", CONTROL, Scope.OPERATOR, "Limits of the namespace",
            call -> Reply.ok(namespace(call))),
        Route.put("admission.limit", "/admission", CONTROL, Scope.ADMIN,
            "Limit what workers of the namespace are given", call -> {
              Map<String, @Nullable Object> limits =
                  limits(call, Set.of("max_active_leases", "max_dispatches_per_minute"));
              groups(call, limits);
              admission.ofNamespace(call.namespace(), limits);
              return Reply.ok(namespace(call));
            }).body(flows, acts, Field.object(GROUPS, 0, "by name, how many tasks a minute queues of a group share")));
  }

  private Map<String, @Nullable Object> queue(Call call) {
    String queue = call.parameter("task_queue");
    Map<String, @Nullable Object> all = Json.of("namespace", call.namespace(), "task_queue", queue);
    Map<String, @Nullable Object> said = admission.ofQueue(call.namespace(), queue);
    for (Admission.Kind kind : Admission.Kind.values()) all.put(kind.wire(), Json.object(said.get(kind.wire())));
    return all;
  }

  private Map<String, @Nullable Object> namespace(Call call) {
    Map<String, @Nullable Object> all = Json.of("namespace", call.namespace());
    Map<String, @Nullable Object> said = admission.ofNamespace(call.namespace());
    for (Admission.Kind kind : Admission.Kind.values()) all.put(kind.wire(), Json.object(said.get(kind.wire())));
    all.put(GROUPS, Json.object(said.get(GROUPS)));
    return all;
  }

  private static Map<String, @Nullable Object> limits(Call call, Set<String> names) {
    Map<String, @Nullable Object> limits = new LinkedHashMap<>();
    for (Admission.Kind kind : Admission.Kind.values()) {
      Map<String, @Nullable Object> checked = new LinkedHashMap<>();
      call.object(kind.wire()).forEach((name, value) -> {
        String at = kind.wire() + "." + name;
        if (!names.contains(name)) throw Refusal.invalid(at, "There is no such limit here.");
        if (value != null) checked.put(name, name.equals("budget_group") ? group(at, value) : number(at, value));
      });
      if (!checked.isEmpty()) limits.put(kind.wire(), checked);
    }
    return limits;
  }

  private static void groups(Call call, Map<String, @Nullable Object> limits) {
    Map<String, @Nullable Object> groups = new LinkedHashMap<>();
    call.object(GROUPS).forEach((name, value) -> groups.put(group(GROUPS, name), number(GROUPS + "." + name, value)));
    if (!groups.isEmpty()) limits.put(GROUPS, groups);
  }

  private static String group(String at, Object value) {
    if (value instanceof String name && name.matches("[A-Za-z0-9._-]{1,64}")) return name;
    throw Refusal.invalid(at, "A group is named by 1 to 64 letters, digits or . _ -");
  }

  private static long number(String at, @Nullable Object value) {
    if (value instanceof Long number && number >= 0 && number <= MOST) return number;
    throw Refusal.invalid(at, "It must be an integer from 0 to %d.".formatted(MOST));
  }
}
