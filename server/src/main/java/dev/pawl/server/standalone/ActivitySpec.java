package dev.pawl.server.standalone;

import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Commands;
import dev.pawl.server.wire.Turns;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done, as it was asked for.
 *
 * @param activityClass a name of the caller's own for the code; null: none
 */
record ActivitySpec(String activityType, @Nullable String activityClass, ActivityOptions options) {
  /** What of a request is kept with the run. */
  static final List<String> FIELDS = List.of("activity_type", "activity_class", "task_queue", "retry_policy",
      "start_to_close_timeout_seconds", "schedule_to_start_timeout_seconds", "schedule_to_close_timeout_seconds",
      "heartbeat_timeout_seconds", "priority", "fairness_key", "fairness_weight");

  /** @throws Refusal with every field that is wrong in itself or beside another one */
  static ActivitySpec of(Map<String, @Nullable Object> sent) {
    String type = Json.string(sent, "activity_type", "");
    if (type.isEmpty()) throw Refusal.invalid("activity_type", "The activity type field is required.");
    Duration toStart = limit(sent, "schedule_to_start_timeout_seconds");
    Duration toClose = limit(sent, "start_to_close_timeout_seconds");
    Duration whole = limit(sent, "schedule_to_close_timeout_seconds");
    Duration heartbeat = limit(sent, "heartbeat_timeout_seconds");
    within("heartbeat_timeout_seconds", heartbeat, toClose, "start_to_close_timeout_seconds");
    within("start_to_close_timeout_seconds", toClose, whole, "schedule_to_close_timeout_seconds");
    within("schedule_to_start_timeout_seconds", toStart, whole, "schedule_to_close_timeout_seconds");
    RetryPolicy retry = sent.get("retry_policy") == null
        ? RetryPolicy.NEVER
        : Commands.retryPolicy("retry_policy", Json.object(sent.get("retry_policy")));
    return new ActivitySpec(type, Json.string(sent, "activity_class"), new ActivityOptions(
        Json.string(sent, "task_queue", "default"), toStart, toClose, whole, heartbeat, retry,
        Turns.priority("", sent, StartOptions.PLAIN.priority()), Turns.fairness("", sent, null)));
  }

  private static @Nullable Duration limit(Map<String, @Nullable Object> sent, String name) {
    Long seconds = Json.integer(sent, name);
    return seconds == null ? null : Duration.ofSeconds(seconds);
  }

  private static void within(String field, @Nullable Duration inner, @Nullable Duration outer, String outerName) {
    if (inner == null || outer == null || inner.compareTo(outer) <= 0) return;
    throw Refusal.invalid(field, "It must not be longer than %s.".formatted(outerName));
  }
}
