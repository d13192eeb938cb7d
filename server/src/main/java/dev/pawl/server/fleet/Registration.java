package dev.pawl.server.fleet;

import dev.pawl.core.task.SessionId;
import dev.pawl.server.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A worker as it declared itself.
 *
 * @param said everything that it said, and {@code session}, {@code registered_at}, {@code status}
 * @param at its last sign of life
 */
public record Registration(String namespace, String workerId, Map<String, @Nullable Object> said, Instant at) {
  /** A worker that is silent for so long is given up. */
  public static final Duration STALE_AFTER = Duration.ofSeconds(60);
  public static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /** What a workflow type can be told and asked; by kind: {@code signals}, {@code queries}, {@code updates}. */
  public enum Handlers {
    SIGNALS("signals"),
    QUERIES("queries"),
    UPDATES("updates"),
    VALIDATORS("update_validators");

    private final String member;

    Handlers(String member) {
      this.member = member;
    }
  }

  public SessionId session() {
    return SessionId.parse(Json.string(said, "session", ""));
  }

  public String queue() {
    return Json.string(said, "task_queue", "default");
  }

  public @Nullable String buildId() {
    return Json.string(said, "build_id");
  }

  public List<String> workflowTypes() {
    return Json.strings(said.get("supported_workflow_types"));
  }

  public List<String> activityTypes() {
    return Json.strings(said.get("supported_activity_types"));
  }

  public List<String> capabilities() {
    return Json.strings(said.get("capabilities"));
  }

  public boolean stale(Instant now) {
    return at.plus(STALE_AFTER).isBefore(now);
  }

  public boolean runs(String workflowType) {
    List<String> types = workflowTypes();
    if (slots("workflow") == 0) return false;
    return types.isEmpty() || types.contains(workflowType);
  }

  /** Names of a type's handlers; null: the worker said nothing about the type. */
  public @Nullable Set<String> handlers(String workflowType, Handlers kind) {
    Map<String, @Nullable Object> contracts = Json.object(said.get("workflow_command_contracts"));
    if (!(contracts.get(workflowType) instanceof Map)) return null;
    Object named = Json.object(contracts.get(workflowType)).get(kind.member);
    if (!(named instanceof List)) return null;
    Set<String> names = new HashSet<>();
    for (Object one : Json.list(named)) {
      if (one instanceof String text) names.add(text);
      else if (one instanceof Map) names.add(Json.string(Json.object(one), "name", ""));
    }
    return names;
  }

  /** How many tasks it takes at once; 0: none of the kind. */
  public int slots(String kind) {
    Long slots = Json.integer(said, "max_concurrent_" + kind + "_tasks");
    return slots == null ? 1 : (int) Math.clamp(slots, 0, 100_000);
  }
}
