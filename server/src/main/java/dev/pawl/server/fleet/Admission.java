package dev.pawl.server.fleet;

import dev.pawl.engine.store.Budgets;
import dev.pawl.engine.store.Declarations;
import dev.pawl.engine.store.Store;
import dev.pawl.server.auth.Secrets;
import dev.pawl.server.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much workers are given: tasks at a time, and tasks a minute, by queue, by namespace and by groups of queues. Nothing
 * is refused that was accepted; it waits.
 */
public final class Admission {
  private static final String KIND = "admission";
  private static final String NAMESPACE = "namespace";
  private static final long FRESH = TimeUnit.SECONDS.toNanos(1);

  private final Store store;
  private final Declarations declared;
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  private record Known(Map<String, Map<String, @Nullable Object>> byName, long at) {}

  public Admission(Store store) {
    this.store = store;
    this.declared = store.declarations();
  }

  /** What can be limited. */
  public enum Kind {
    WORKFLOW("workflow_tasks", Store.TaskKind.WORKFLOW),
    ACTIVITY("activity_tasks", Store.TaskKind.ACTIVITY);

    private final String wire;
    private final Store.TaskKind tasks;

    Kind(String wire, Store.TaskKind tasks) {
      this.wire = wire;
      this.tasks = tasks;
    }

    public String wire() {
      return wire;
    }
  }

  /** @param perMinute null: no limit */
  private record Limit(String scope, @Nullable Long perMinute) {}

  /** Everything that limits a queue. */
  public record Limits(String namespace, String queue, Kind kind, @Nullable Long leases,
      @Nullable Long namespaceLeases, @Nullable Long perMinute, @Nullable Long namespacePerMinute,
      @Nullable String group, @Nullable Long groupPerMinute) {
    public boolean none() {
      return leases == null && namespaceLeases == null && perMinute == null && namespacePerMinute == null
          && groupPerMinute == null;
    }

    private List<Limit> budgets() {
      List<Limit> all = new ArrayList<>(3);
      if (perMinute != null) all.add(new Limit(queueScope(), perMinute));
      if (namespacePerMinute != null) all.add(new Limit(namespaceScope(), namespacePerMinute));
      if (groupPerMinute != null) all.add(new Limit(groupScope(), groupPerMinute));
      return all;
    }

    private String queueScope() {
      return kind.wire() + " of queue " + (queue.length() <= 200 ? queue : Secrets.hash(queue));
    }

    private String namespaceScope() {
      return kind.wire() + " of namespace";
    }

    private String groupScope() {
      return "group " + group;
    }
  }

  // ---- what was said

  private static String name(String queue) {
    return "queue " + (queue.length() <= 200 ? queue : Secrets.hash(queue));
  }

  private Map<String, @Nullable Object> said(String namespace, String name) {
    Known it = known.get(namespace);
    if (it == null || System.nanoTime() - it.at() > FRESH) {
      Map<String, Map<String, @Nullable Object>> all = new ConcurrentHashMap<>();
      for (Declarations.Declaration one : declared.list(namespace, KIND)) all.put(one.name(), Json.stored(one.data()));
      it = new Known(all, System.nanoTime());
      known.put(namespace, it);
    }
    return it.byName().getOrDefault(name, Map.of());
  }

  private void say(String namespace, String name, Map<String, @Nullable Object> limits) {
    if (limits.isEmpty()) declared.remove(namespace, KIND, name);
    else declared.put(namespace, KIND, name, Json.text(limits));
    known.remove(namespace);
  }

  /** What was said about a queue; empty: nothing. */
  public Map<String, @Nullable Object> ofQueue(String namespace, String queue) {
    return said(namespace, name(queue));
  }

  /** Replaces it. */
  public void ofQueue(String namespace, String queue, Map<String, @Nullable Object> limits) {
    say(namespace, name(queue), limits);
  }

  /** What was said about a namespace; empty: nothing. */
  public Map<String, @Nullable Object> ofNamespace(String namespace) {
    return said(namespace, NAMESPACE);
  }

  /** Replaces it. */
  public void ofNamespace(String namespace, Map<String, @Nullable Object> limits) {
    say(namespace, NAMESPACE, limits);
  }

  // ---- what it comes to

  public Limits limits(String namespace, String queue, Kind kind) {
    Map<String, @Nullable Object> mine = Json.object(ofQueue(namespace, queue).get(kind.wire));
    Map<String, @Nullable Object> whole = ofNamespace(namespace);
    Map<String, @Nullable Object> all = Json.object(whole.get(kind.wire));
    String group = Json.string(mine, "budget_group");
    return new Limits(namespace, queue, kind, Json.integer(mine, "max_active_leases"),
        Json.integer(all, "max_active_leases"), Json.integer(mine, "max_dispatches_per_minute"),
        Json.integer(all, "max_dispatches_per_minute"), group,
        group == null ? null : Json.integer(Json.object(whole.get("budget_groups")), group));
  }

  /** Whoever takes a task under these limits holds it meanwhile, so that one node never gives out one too many. */
  public ReentrantLock lock(Limits limits) {
    String of = limits.namespaceLeases() != null ? "" : limits.queue();
    return locks.computeIfAbsent(String.join("\n", limits.namespace(), limits.kind().name(), of),
        key -> new ReentrantLock());
  }

  /** Why nothing can be given now: {@code saturated} or {@code throttled}; null: something can. */
  public @Nullable String full(Limits limits) {
    Long leases = limits.leases();
    if (leases != null && leased(limits, false) >= leases) return "saturated";
    Long all = limits.namespaceLeases();
    if (all != null && leased(limits, true) >= all) return "saturated";
    for (Limit one : limits.budgets()) {
      Long most = one.perMinute();
      if (most != null && used(limits, one.scope()) >= most) return "throttled";
    }
    return null;
  }

  /** How many more may be given now, if something may. */
  public long room(Limits limits) {
    long room = Long.MAX_VALUE;
    Long leases = limits.leases();
    if (leases != null) room = Math.min(room, leases - leased(limits, false));
    Long all = limits.namespaceLeases();
    if (all != null) room = Math.min(room, all - leased(limits, true));
    for (Limit one : limits.budgets()) {
      Long most = one.perMinute();
      if (most != null) room = Math.min(room, most - used(limits, one.scope()));
    }
    return Math.max(1, room);
  }

  private long leased(Limits limits, boolean all) {
    return store.visibility().leased(limits.namespace(), all ? null : limits.queue(), limits.kind().tasks);
  }

  private long used(Limits limits, String scope) {
    return store.budgets().used(limits.namespace(), scope);
  }

  /** Counts one task that is about to be given. False: it may not be. */
  public boolean spend(Limits limits) {
    List<Budgets.Budget> budgets = limits.budgets().stream()
        .map(one -> new Budgets.Budget(limits.namespace(), one.scope(), one.perMinute() == null ? 0 : one.perMinute()))
        .toList();
    return budgets.isEmpty() || store.budgets().spend(budgets);
  }

  /** How people see it: each limit, what counts against it, and what is left; null where there is none. */
  public Map<String, @Nullable Object> view(Limits l) {
    Map<String, @Nullable Object> all = Json.of("server_budget_source", l.none() ? "none" : "declared");
    three(all, l.leases(), "server_max_active_leases_per_queue", "server_active_lease_count",
        "server_remaining_active_lease_capacity", () -> leased(l, false));
    three(all, l.namespaceLeases(), "server_max_active_leases_per_namespace", "server_namespace_active_lease_count",
        "server_remaining_namespace_active_lease_capacity", () -> leased(l, true));
    three(all, l.perMinute(), "server_max_dispatches_per_minute", "server_dispatch_count_this_minute",
        "server_remaining_dispatch_capacity", () -> used(l, l.queueScope()));
    three(all, l.namespacePerMinute(), "server_max_dispatches_per_minute_per_namespace",
        "server_namespace_dispatch_count_this_minute", "server_remaining_namespace_dispatch_capacity",
        () -> used(l, l.namespaceScope()));
    all.put("server_dispatch_budget_group", l.group());
    three(all, l.groupPerMinute(), "server_max_dispatches_per_minute_per_budget_group",
        "server_budget_group_dispatch_count_this_minute", "server_remaining_budget_group_dispatch_capacity",
        () -> used(l, l.groupScope()));
    all.put("server_lock_required", !l.none());
    all.put("server_lock_supported", true);
    return all;
  }

  private static void three(Map<String, @Nullable Object> into, @Nullable Long most, String mostName, String countName,
      String leftName, LongSupplier count) {
    into.put(mostName, most);
    Long now = most == null ? null : count.getAsLong();
    into.put(countName, now);
    into.put(leftName, most == null || now == null ? null : Math.max(0, most - now));
  }
}
