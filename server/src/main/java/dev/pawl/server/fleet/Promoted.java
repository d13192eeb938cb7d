package dev.pawl.server.fleet;

import dev.pawl.engine.control.Promotion;
import dev.pawl.engine.store.Declarations;
import dev.pawl.server.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The build that new runs of a queue are pinned to: of those that were promoted and are not being drained, the last. So
 * draining it brings back the one before. And which builds get nothing new. What another node promoted is known here within a second.
 */
public final class Promoted implements Promotion {
  private static final long FRESH = TimeUnit.SECONDS.toNanos(1);

  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /** @param draining names of what is being drained */
  private record Known(List<Declarations.Declaration> all, Set<String> draining, long at) {}

  @Override
  public @Nullable String buildFor(Declarations declared, String namespace, String queue) {
    Known it = known(declared, namespace);
    String best = null;
    String build = null;
    for (Declarations.Declaration one : it.all()) {
      Map<String, @Nullable Object> said = Json.stored(one.data());
      if (!Rollouts.isOf(queue, one.name(), said)) continue;
      String at = Json.string(said, "promoted_at");
      if (at == null || "draining".equals(said.get("drain_intent"))) continue;
      if (best != null && Instant.parse(at).isBefore(Instant.parse(best))) continue;
      best = at;
      build = Json.string(said, "build_id");
    }
    return build;
  }

  @Override
  public boolean isDraining(Declarations declared, String namespace, String queue, @Nullable String build) {
    Set<String> draining = known(declared, namespace).draining();
    return !draining.isEmpty() && draining.contains(Rollouts.name(queue, build));
  }

  private Known known(Declarations declared, String namespace) {
    Known it = known.get(namespace);
    if (it != null && System.nanoTime() - it.at() <= FRESH) return it;
    List<Declarations.Declaration> all = declared.list(namespace, Rollouts.KIND);
    Set<String> draining = all.stream().filter(one -> "draining".equals(Json.stored(one.data()).get("drain_intent")))
        .map(Declarations.Declaration::name).collect(Collectors.toUnmodifiableSet());
    Known now = new Known(all, draining, System.nanoTime());
    known.put(namespace, now);
    return now;
  }

  /** Somebody on this node has changed his mind. */
  void changed(String namespace) {
    known.remove(namespace);
  }
}
