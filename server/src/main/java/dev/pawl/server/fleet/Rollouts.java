package dev.pawl.server.fleet;

import dev.pawl.engine.store.Declarations;
import dev.pawl.server.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which builds of workers on a queue are being drained: they keep what they have and get nothing new. And which one new
 * runs are for.
 */
public final class Rollouts {
  static final String KIND = "rollout";

  private final Declarations declared;
  private final Promoted promoted;

  public Rollouts(Declarations declared, Promoted promoted) {
    this.declared = declared;
    this.promoted = promoted;
  }

  static String name(String queue, @Nullable String build) {
    return queue + "/" + (build == null ? "" : "=" + build);
  }

  public boolean draining(String namespace, String queue, @Nullable String build) {
    return "draining".equals(find(namespace, queue, build).get("drain_intent"));
  }

  /** What is known of a build; empty: nothing. */
  public Map<String, @Nullable Object> find(String namespace, String queue, @Nullable String build) {
    return declared.find(namespace, KIND, name(queue, build)).map(it -> Json.stored(it.data())).orElseGet(Json::of);
  }

  /** Builds of a queue that somebody said something about. */
  public List<Map<String, @Nullable Object>> of(String namespace, String queue) {
    return declared.list(namespace, KIND).stream().filter(it -> isOf(queue, it.name(), Json.stored(it.data())))
        .map(it -> Json.stored(it.data())).toList();
  }

  /** Names of queues may hold a slash, so the beginning of a name proves nothing. */
  static boolean isOf(String queue, String name, Map<String, @Nullable Object> said) {
    return name.equals(name(queue, Json.string(said, "build_id")));
  }

  /** The build that new starts on a queue are pinned to; null: none. */
  public @Nullable String promoted(String namespace, String queue) {
    return promoted.buildFor(declared, namespace, queue);
  }

  /** Remembers a change of mind. */
  public Map<String, @Nullable Object> put(String namespace, String queue, @Nullable String build,
      Map<String, @Nullable Object> change) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>(find(namespace, queue, build));
    all.put("build_id", build);
    all.putAll(change);
    declared.put(namespace, KIND, name(queue, build), Json.text(all));
    promoted.changed(namespace);
    return all;
  }
}
