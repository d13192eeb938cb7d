package dev.pawl.server.job;

import dev.pawl.core.job.NodeState;
import dev.pawl.core.task.SessionId;
import dev.pawl.server.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node as it is known: its newest session, and how far that is. IDLE and BUSY differ by its leases, which are not here.
 *
 * @param state SYNC, IDLE, DRAINING, LOST or GONE
 * @param capacity most leases at a time
 * @param types what it can handle
 */
record Node(String id, SessionId session, NodeState state, int capacity, List<String> types) {
  Node {
    types = List.copyOf(types);
  }

  Node in(NodeState other) {
    return new Node(id, session, other, capacity, types);
  }

  String text() {
    return Json.text(Json.of("session", session.toString(), "state", state.name(), "capacity", capacity, "types",
        types));
  }

  static Node read(String id, String stored) {
    Map<String, @Nullable Object> said = Json.stored(stored);
    Long capacity = Json.integer(said, "capacity");
    return new Node(id, SessionId.parse(Json.string(said, "session", "")),
        NodeState.valueOf(Json.string(said, "state", NodeState.LOST.name())), capacity == null ? 1 : capacity.intValue(),
        Json.strings(said.get("types")));
  }
}
