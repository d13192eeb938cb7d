package dev.pawl.server.carrier;

import dev.pawl.server.json.Json;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the file that maps activities to carriers, whole: everything that is wrong is said at once, each with its name. */
public final class CarrierFile {
  static final String SCHEMA = "durable-workflow.external-executor.config";

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Map<String, String> environment;
  private final String namespace;
  private final List<String> wrong;
  private final Map<String, CarrierPlan.Carrier> carriers = new HashMap<>();
  private final Map<String, String> tokens = new HashMap<>();
  private Map<String, @Nullable Object> defaults = Map.of();

  private CarrierFile(Map<String, String> environment, String namespace, List<String> wrong) {
    this.environment = environment;
    this.namespace = namespace;
    this.wrong = wrong;
  }

  /**
   * @param overlay its part of {@code overlays} is laid over the file; null: none
   * @param environment where secrets are
   * @param namespace of mappings that name none
   * @param wrong takes what is wrong, as {@code code: place: what}
   */
  public static CarrierPlan read(byte[] text, @Nullable String overlay, Map<String, String> environment,
      String namespace, List<String> wrong) {
    Object read;
    try {
      read = Json.read(text);
    } catch (Json.Malformed e) {
      wrong.add("external-executor-config: it is no JSON: " + e.getMessage());
      return CarrierPlan.NONE;
    }
    Map<String, @Nullable Object> file = Json.object(read);
    if (overlay != null) {
      if (!(Json.object(file.get("overlays")).get(overlay) instanceof Map)) {
        wrong.add("external-executor-config: there is no overlay '%s'".formatted(overlay));
        return CarrierPlan.NONE;
      }
      file = laidOver(file, Json.object(Json.object(file.get("overlays")).get(overlay)));
    }
    return new CarrierFile(environment, namespace, wrong).plan(file);
  }

  private static Map<String, @Nullable Object> laidOver(Map<String, @Nullable Object> below,
      Map<String, @Nullable Object> above) {
    Map<String, @Nullable Object> all = new HashMap<>(below);
    above.forEach((name, value) -> all.put(name, value instanceof Map && all.get(name) instanceof Map
        ? laidOver(Json.object(all.get(name)), Json.object(value))
        : value));
    return all;
  }

  private CarrierPlan plan(Map<String, @Nullable Object> file) {
    if (!SCHEMA.equals(file.get("schema"))) wrong.add("external-executor-config: schema: expected " + SCHEMA);
    if (!Long.valueOf(1).equals(file.get("version"))) wrong.add("external-executor-config: version: expected 1");
    defaults = Json.object(file.get("defaults"));
    Json.object(file.get("auth_refs")).forEach((name, ref) -> auth(name, Json.object(ref)));
    Set<String> known = Json.object(file.get("auth_refs")).keySet();
    Json.object(file.get("carriers")).forEach((name, carrier) -> carrier(name, Json.object(carrier)));
    List<CarrierPlan.Mapping> mappings = new ArrayList<>();
    Set<String> names = new HashSet<>();
    int i = 0;
    for (Object one : Json.list(file.get("mappings"))) {
      String at = "mappings." + i++;
      Map<String, @Nullable Object> mapping = Json.object(one);
      String name = Json.string(mapping, "name", "");
      if (name.isEmpty() || !names.add(name)) {
        no("duplicate_mapping_name", at, "expected a name that no other mapping has, got '%s'".formatted(name));
      }
      CarrierPlan.Mapping whole = mapping(at, name, mapping, known);
      if (whole == null) continue;
      boolean taken = new CarrierPlan(mappings).find(whole.namespace(), whole.queue(), whole.activityType()).isPresent();
      if (taken) no("invalid_queue_binding", at, "another mapping has this activity of this queue");
      else mappings.add(whole);
    }
    return new CarrierPlan(mappings);
  }

  private void no(String code, String at, String message) {
    wrong.add("%s: %s: %s".formatted(code, at, message));
  }

  // ---- who calls

  private void auth(String name, Map<String, @Nullable Object> ref) {
    String variable = Json.string(ref, "env");
    String secret = variable == null ? Json.string(ref, "token") : environment.get(variable);
    if (secret != null && !secret.isBlank() && secret.chars().noneMatch(Character::isISOControl)) {
      tokens.put(name, secret);
    } else {
      no("unknown_auth_ref", "auth_refs." + name, variable == null
          ? "expected env, the name of a variable with a token, or token"
          : "the variable %s is not set".formatted(variable));
    }
  }

  // ---- where to

  private void carrier(String name, Map<String, @Nullable Object> it) {
    String at = "carriers." + name;
    Map<String, @Nullable Object> target = it.get("target") instanceof Map ? Json.object(it.get("target")) : it;
    if (!"invocable_http".equals(it.get("type"))) {
      no("unsupported_carrier_capability", at + ".type", "expected invocable_http, got '%s'".formatted(it.get("type")));
      return;
    }
    for (String one : Json.strings(it.get("capabilities"))) {
      if (!one.equals("activity_task")) {
        no("invalid_invocable_carrier_scope", at + ".capabilities", "it takes activity_task only, not " + one);
      }
    }
    String url = Json.string(target, "url", "");
    String problem = problem(url, Json.string(target, "method", "POST"));
    if (problem != null) no("invalid_carrier_target", at, problem);
    long timeout = number(at, target, "timeout_seconds", 30, 1, 3_600);
    long atOnce = number(at, it, "max_concurrent", 16, 1, 1_000);
    carriers.put(name, new CarrierPlan.Carrier(name, url, Duration.ofSeconds(timeout),
        retry(at + ".retry_policy", Json.object(target.get("retry_policy"))), (int) atOnce,
        Json.flag(it, "private_network")));
  }

  private static @Nullable String problem(String url, String method) {
    if (!method.equals("POST")) return "method: expected POST, got " + method;
    try {
      URI uri = new URI(url);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (uri.getHost() == null) return "url: expected https://host/path";
      if (uri.getRawUserInfo() != null) return "url: expected no credentials in it";
      if (uri.getRawFragment() != null) return "url: expected no fragment";
      if (scheme.equals("https") || (scheme.equals("http") && loopback(uri))) return null;
      return "url: expected https, or http to this machine";
    } catch (URISyntaxException e) {
      return "url: " + e.getReason();
    }
  }

  static boolean loopback(URI uri) {
    return uri.getHost() != null && LOOPBACK.contains(uri.getHost().toLowerCase(Locale.ROOT));
  }

  private long number(String at, Map<String, @Nullable Object> it, String name, long absent, long least, long most) {
    if (it.get(name) == null) return absent;
    Long number = Json.integer(it, name);
    if (number != null && number >= least && number <= most) return number;
    no("invalid_carrier_target", at + "." + name, "expected a number from %d to %d".formatted(least, most));
    return absent;
  }

  private CarrierPlan.Retry retry(String at, Map<String, @Nullable Object> it) {
    List<Duration> backoff = new ArrayList<>();
    for (Object one : Json.list(it.get("backoff_seconds"))) {
      if (one instanceof Long seconds && seconds >= 0 && seconds <= 300) backoff.add(Duration.ofSeconds(seconds));
      else no("invalid_carrier_target", at + ".backoff_seconds", "expected numbers from 0 to 300");
    }
    Set<String> statuses = new HashSet<>();
    for (Object one : Json.list(it.get("retryable_status_codes"))) {
      String status = String.valueOf(one).toLowerCase(Locale.ROOT);
      if (status.matches("[45]\\d\\d|[45]xx")) statuses.add(status);
      else no("invalid_carrier_target", at + ".retryable_status_codes", "expected 400 to 599, 4xx or 5xx");
    }
    return new CarrierPlan.Retry((int) number(at, it, "max_attempts", 1, 1, 10), List.copyOf(backoff),
        Set.copyOf(statuses));
  }

  // ---- what goes there

  private CarrierPlan.@Nullable Mapping mapping(String at, String name, Map<String, @Nullable Object> it,
      Set<String> knownRefs) {
    if (!Json.string(it, "kind", "activity").equals("activity")) {
      no("invalid_invocable_carrier_scope", at + ".kind", "a carrier takes activities only");
      return null;
    }
    String space = said(it, "namespace", namespace).toLowerCase(Locale.ROOT);
    String queue = said(it, "task_queue", "");
    if (queue.isEmpty() || queue.length() > 255 || queue.chars().anyMatch(Character::isISOControl)) {
      no("invalid_queue_binding", at + ".task_queue", "expected the name of a queue");
      return null;
    }
    String type = Json.string(it, "activity_type", "");
    String handler = Json.string(it, "handler", type);
    if (type.isEmpty() || handler.isEmpty()) {
      no(type.isEmpty() && handler.isEmpty() ? "unknown_handler" : "missing_handler_target", at,
          "expected activity_type, and handler if it has another name there");
      return null;
    }
    String wanted = said(it, "carrier", "");
    CarrierPlan.Carrier carrier = carriers.get(wanted);
    if (carrier == null) {
      no("unknown_carrier", at + ".carrier", "there is no carrier '%s'".formatted(wanted));
      return null;
    }
    String ref = said(it, "auth_ref", "");
    if (!ref.isEmpty() && !knownRefs.contains(ref)) {
      no("unknown_auth_ref", at + ".auth_ref", "there is no auth_ref '%s'".formatted(ref));
    }
    String token = tokens.get(ref);
    if (ref.isEmpty() && !carrier.url().isEmpty() && !loopback(URI.create(carrier.url()))) {
      no("missing_invocable_auth_ref", at + ".auth_ref", "what is not on this machine has to know who calls");
    }
    return new CarrierPlan.Mapping(name, space, queue, type, handler, carrier, ref.isEmpty() ? null : ref, token,
        Json.object(it.get("rollout")));
  }

  private String said(Map<String, @Nullable Object> it, String name, String absent) {
    return Json.string(it, name, Json.string(defaults, name, absent));
  }
}
