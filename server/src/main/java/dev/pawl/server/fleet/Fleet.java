package dev.pawl.server.fleet;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Declarations;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Instants;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The registrations of workers, and their sessions with the engine of this node. */
public final class Fleet {
  private static final String KIND = "worker";

  private final Declarations declared;
  private final PawlEngine engine;
  /** Sessions that this node's engine knows. */
  private final Set<SessionId> open = ConcurrentHashMap.newKeySet();

  public Fleet(PawlEngine engine) {
    this.engine = engine;
    this.declared = engine.store().declarations();
  }

  // ---- registering

  /**
   * Registers a worker, or again. What it leaves out of its fingerprints it said before. Another process under the same
   * id is another incarnation: whatever the one before it held is free at once, for nobody else will report it.
   */
  public Registration register(String namespace, String workerId, Map<String, @Nullable Object> said) {
    Optional<Registration> before = find(namespace, workerId);
    Map<String, @Nullable Object> all = new LinkedHashMap<>(said);
    before.ifPresent(old -> {
      Map<String, @Nullable Object> prints = new LinkedHashMap<>(Json.object(old.said()
          .get("workflow_definition_fingerprints")));
      prints.putAll(Json.object(said.get("workflow_definition_fingerprints")));
      all.put("workflow_definition_fingerprints", prints);
    });
    before.filter(old -> !sameProcess(old.said(), said)).ifPresent(old -> {
      engine.worker().close(old.session());
      open.remove(old.session());
    });
    SessionId session = before.filter(old -> sameProcess(old.said(), said)).map(Registration::session)
        .orElseGet(SessionId::random);
    all.put("registered_at", Instants.text(engine.now()));
    return opened(namespace, workerId, all, session);
  }

  private static boolean sameProcess(Map<String, @Nullable Object> before, Map<String, @Nullable Object> now) {
    Map<String, @Nullable Object> old = Json.object(before.get("process_metrics"));
    Map<String, @Nullable Object> fresh = Json.object(now.get("process_metrics"));
    for (String name : List.of("process_id", "process_started_at")) {
      if (old.get(name) == null || !old.get(name).equals(fresh.get(name))) return false;
    }
    return Objects.equals(old.get("host"), fresh.get("host"));
  }

  /** Renews a worker's registration and with it its leases. Empty: it never registered. */
  public Optional<Registration> heartbeat(String namespace, String workerId, Map<String, @Nullable Object> news) {
    return find(namespace, workerId).map(known -> {
      Map<String, @Nullable Object> all = new LinkedHashMap<>(known.said());
      for (String name : List.of("task_slots", "process_metrics", "heartbeat_interval_seconds")) {
        if (news.get(name) != null) all.put(name, news.get(name));
      }
      return opened(namespace, workerId, all, known.session());
    });
  }

  /** The worker with a session that this node knows; a worker that was given up comes back to life by asking for work. */
  public Optional<Registration> present(String namespace, String workerId) {
    Optional<Registration> known = find(namespace, workerId);
    if (known.isEmpty()) return known;
    boolean silent = known.get().at().plus(Registration.HEARTBEAT).isBefore(engine.now());
    return silent || !open.contains(known.get().session())
        ? Optional.of(opened(namespace, workerId, known.get().said(), known.get().session()))
        : known;
  }

  /** The engine does not know the session any more: another one begins. */
  public Registration revived(Registration lost) {
    open.remove(lost.session());
    return opened(lost.namespace(), lost.workerId(), lost.said(), SessionId.random());
  }

  private Registration opened(String namespace, String workerId, Map<String, @Nullable Object> said,
      SessionId session) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>(said);
    all.put("session", opened(namespace, workerId, said, session, true).toString());
    declared.put(namespace, KIND, workerId, Json.text(all));
    return new Registration(namespace, workerId, all, engine.now());
  }

  private SessionId opened(String namespace, String workerId, Map<String, @Nullable Object> said, SessionId session,
      boolean again) {
    Registration as = new Registration(namespace, workerId, said, engine.now());
    try {
      engine.worker().open(new WorkerApi.OpenSession(session, shortened(workerId),
          Math.max(1, as.slots("workflow")), as.buildId(),
          WorkerApi.Renewal.REGISTRATION));
      open.add(session);
      return session;
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.SESSION_LOST || !again) throw e;
      open.remove(session);
      return opened(namespace, workerId, said, SessionId.random(), false);
    }
  }

  private static String shortened(String workerId) {
    return workerId.length() <= 255 ? workerId : workerId.substring(0, 255);
  }

  /** Ends a worker at its own word: what it holds is free at once. @return how many workflow tasks; -1: it is unknown */
  public int deregister(String namespace, String workerId) {
    Registration known = find(namespace, workerId).orElse(null);
    if (known == null) return -1;
    List<Store.HeldLease> held = engine.store().leasesOf(known.session());
    engine.worker().close(known.session());
    open.remove(known.session());
    declared.remove(namespace, KIND, workerId);
    return (int) held.stream().filter(lease -> lease.id().step() == 0).count();
  }

  // ---- looking

  public Optional<Registration> find(String namespace, String workerId) {
    return workerId.isEmpty() || workerId.length() > 255
        ? Optional.empty()
        : declared.find(namespace, KIND, workerId).map(Fleet::registration);
  }

  public List<Registration> all(String namespace) {
    return declared.list(namespace, KIND).stream().map(Fleet::registration).toList();
  }

  /** Workers that said that they run a workflow type, on whatever queue. */
  public List<Registration> running(String namespace, String queue, String workflowType) {
    return all(namespace).stream().filter(r -> r.queue().equals(queue) && r.runs(workflowType)).toList();
  }

  /** What is known of a type's handlers; null: nobody said anything. */
  public @Nullable Set<String> handlers(String namespace, String workflowType, Registration.Handlers kind) {
    Set<String> names = null;
    for (Registration one : all(namespace)) {
      Set<String> mine = one.handlers(workflowType, kind);
      if (mine == null) continue;
      if (names == null) names = new HashSet<>();
      names.addAll(mine);
    }
    return names;
  }

  private static Registration registration(Declarations.Declaration it) {
    return new Registration(it.namespace(), it.name(), Json.stored(it.data()), it.at());
  }
}
