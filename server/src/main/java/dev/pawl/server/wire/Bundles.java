package dev.pawl.server.wire;

import dev.pawl.core.run.Bundle;
import dev.pawl.server.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Members of a list of steps that a program awaits together, as the wire names them. */
final class Bundles {
  private static final Map<String, String> PREFIX = Map.of("activity", "parallel-activities", "child",
      "parallel-children", "timer", "parallel-timers", "mixed", "parallel-calls");

  private Bundles() {}

  static Bundle read(Map<String, @Nullable Object> command) {
    List<Bundle.Level> levels = new ArrayList<>();
    for (Object one : Json.list(command.get("parallel_group_path"))) level(levels, Json.object(one));
    if (levels.isEmpty()) level(levels, command);
    return levels.isEmpty() || levels.size() > Bundle.MAX_LEVELS ? Bundle.ALONE : new Bundle(levels);
  }

  private static void level(List<Bundle.Level> levels, Map<String, @Nullable Object> named) {
    Long base = Json.integer(named, "parallel_group_base_sequence");
    Long size = Json.integer(named, "parallel_group_size");
    Long index = Json.integer(named, "parallel_group_index");
    if (base == null || size == null || index == null) return;
    String kind = Json.string(named, "parallel_group_kind", "mixed");
    levels.add(new Bundle.Level(PREFIX.containsKey(kind) ? kind : "mixed", base.intValue(), size.intValue(),
        index.intValue()));
  }

  /** Adds the names to an event's payload. */
  static void write(Map<String, @Nullable Object> payload, @Nullable Bundle bundle) {
    if (bundle == null || bundle.levels().isEmpty()) return;
    payload.putAll(named(bundle.levels().getLast()));
    payload.put("parallel_group_path", bundle.levels().stream().map(Bundles::named).toList());
  }

  private static Map<String, @Nullable Object> named(Bundle.Level level) {
    return Json.of("parallel_group_id", "%s:%d:%d".formatted(PREFIX.get(level.kind()), level.first(), level.size()),
        "parallel_group_kind", level.kind(), "parallel_group_base_sequence", level.first(), "parallel_group_size",
        level.size(), "parallel_group_index", level.index());
  }
}
