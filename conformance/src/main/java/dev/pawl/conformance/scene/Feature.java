package dev.pawl.conformance.scene;

import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Client;
import dev.pawl.conformance.wire.Doc;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * What a server may lack. It says so in its discovery document; where the contract has no word for that there, an unknown
 * route (404 {@code not_found}, or 405) says it.
 */
public enum Feature {
  QUERIES("query tasks", flag("worker_protocol/server_capabilities/query_tasks")),
  UPDATE_VALIDATION("update validation tasks", flag("worker_protocol/server_capabilities/update_validation_tasks")),
  SCHEDULES("schedules", flag("capabilities/schedules")),
  SEARCH_ATTRIBUTES("search attributes", flag("capabilities/search_attributes")),
  HISTORY_EXPORT("history export", flag("capabilities/history_export")),
  COMPRESSION("packed answers", (info, client) -> listed(info, "capabilities/response_compression", "gzip")),
  MEMO_UPDATES("upsert_memo", (info, client) -> command(info, "upsert_memo")),
  SIGNAL_WAITS("open_signal_wait", (info, client) -> command(info, "open_signal_wait")),
  STANDALONE_ACTIVITIES("standalone activities", (info, client) -> known(client.get("/activities"))),
  NAMESPACE_DELETE("deleting namespaces", (info, client) -> known(client.delete("/namespaces/pawl-conformance-none"))),
  EXTERNAL_STORAGE("external payload storage", (info, client) ->
      known(client.put("/namespaces/pawl-conformance-none/external-storage", "driver", "local"))),
  BRIDGE_ADAPTERS("bridge adapters", (info, client) ->
      known(client.post("/bridge-adapters/webhook/pawl-conformance", "action", "none", "idempotency_key", "none"))),
  SEARCH_ATTRIBUTE_LIMIT("limit of declared search attributes", (info, client) ->
      info.at("limits/max_search_attributes") instanceof Long),
  PENDING_LIMITS("limits of what is pending in a run", (info, client) ->
      info.at("limits/max_pending_activities") instanceof Long),
  /** Needs a server whose file maps an activity to this suite; see the runner's options. */
  CARRIERS("carrier that calls this suite", (info, client) -> false),
  /** Needs one token for each role; see the runner's options. */
  ROLES("callers by role", (info, client) -> false),
  /** Needs one caller that may do everything. */
  ONE_CALLER("one caller for everything", (info, client) -> false),
  /** Takes ten seconds or more; only with the runner's option for it. */
  PATIENCE("slow cases", (info, client) -> false);

  private final String spoken;
  private final BiPredicate<Doc, Client> there;

  Feature(String spoken, BiPredicate<Doc, Client> there) {
    this.spoken = spoken;
    this.there = there;
  }

  /** In words. */
  public String spoken() {
    return spoken;
  }

  /** @param info the discovery document */
  boolean isThere(Doc info, Client admin) {
    return there.test(info, admin);
  }

  private static BiPredicate<Doc, Client> flag(String path) {
    return (info, client) -> Boolean.TRUE.equals(info.at(path));
  }

  private static boolean listed(Doc info, String path, String entry) {
    return info.at(path) instanceof List<?> list && list.contains(entry);
  }

  private static boolean command(Doc info, String type) {
    return listed(info, "worker_protocol/server_capabilities/supported_workflow_task_commands", type);
  }

  private static boolean known(Answer answer) {
    return answer.status() != 405 && !(answer.status() == 404 && "not_found".equals(answer.at("reason")));
  }
}
