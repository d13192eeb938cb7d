package dev.pawl.server.carrier;

import dev.pawl.server.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which activities go where. */
public record CarrierPlan(List<Mapping> mappings) {
  /** No activity goes anywhere. */
  public static final CarrierPlan NONE = new CarrierPlan(List.of());

  public CarrierPlan {
    mappings = List.copyOf(mappings);
  }

  /**
   * An address that takes activities.
   *
   * @param timeout of one call
   * @param retry of what went wrong on the way, within one attempt of the activity
   * @param atOnce most calls at a time
   * @param privateNetwork whether it may lie in a network that the world cannot reach
   */
  public record Carrier(String name, String url, Duration timeout, Retry retry, int atOnce, boolean privateNetwork) {}

  /**
   * @param attempts calls at most, 1 to 10
   * @param backoff before the second call, the third, and so on; the last one repeats
   * @param statuses that are worth another call: numbers, {@code 5xx}
   */
  public record Retry(int attempts, List<Duration> backoff, Set<String> statuses) {
    boolean again(int status) {
      return statuses.contains(String.valueOf(status)) || statuses.contains(status / 100 + "xx");
    }

    Duration before(int call) {
      return backoff.isEmpty() ? Duration.ZERO : backoff.get(Math.min(call - 2, backoff.size() - 1));
    }
  }

  /** @param token how the carrier is told who calls, as {@code Authorization: Bearer}; null: it is not */
  public record Mapping(String name, String namespace, String queue, String activityType, String handler,
      Carrier carrier, @Nullable String authRef, @Nullable String token, Map<String, @Nullable Object> rollout) {

    /** What workers of the queue are told; no secrets. */
    public Map<String, @Nullable Object> wire() {
      return Json.of("name", name, "handler", handler, "carrier", Json.of("name", carrier.name(), "type",
          "invocable_http", "target", Json.of("url", carrier.url(), "method", "POST", "timeout_seconds",
              carrier.timeout().toSeconds(), "retry_policy", Json.of("max_attempts", carrier.retry().attempts(),
                  "backoff_seconds", carrier.retry().backoff().stream().map(Duration::toSeconds).toList(),
                  "retryable_status_codes", carrier.retry().statuses().stream().sorted().toList()))), "auth_ref",
          authRef, "rollout", rollout, "config", Json.of("schema", CarrierFile.SCHEMA, "version", 1), "dispatch",
          Json.of("by", "server"));
    }
  }

  /** What becomes of an activity; empty: workers have it. */
  public Optional<Mapping> find(String namespace, String queue, String activityType) {
    return mappings.stream().filter(one -> one.namespace().equals(namespace) && one.queue().equals(queue)
        && one.activityType().equals(activityType)).findFirst();
  }
}
