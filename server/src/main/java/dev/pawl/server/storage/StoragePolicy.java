package dev.pawl.server.storage;

import dev.pawl.server.http.Refusal;
import dev.pawl.server.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the large payloads of a namespace lie. Clients read it too: it tells them what to store outside, and where.
 *
 * @param threshold payloads from this size on belong outside, in bytes; null: clients decide
 * @param config {@code uri}, {@code bucket}, {@code prefix} and others, as far as they were given
 */
public record StoragePolicy(String driver, boolean enabled, @Nullable Long threshold, Map<String, String> config) {
  /** Every driver that a policy may name. */
  public static final List<String> DRIVERS = List.of("local", "s3", "gcs", "azure");

  private static final List<String> CONFIG =
      List.of("uri", "bucket", "disk", "prefix", "region", "endpoint", "auth_profile");
  private static final Map<String, String> SCHEMES =
      Map.of("local", "file", "s3", "s3", "gcs", "gs", "azure", "azure-blob");

  /** @throws Refusal 422 with the member that is wrong */
  static StoragePolicy read(Map<String, @Nullable Object> sent) {
    Map<String, String> config = new LinkedHashMap<>();
    Map<String, @Nullable Object> given = Json.object(sent.get("config"));
    for (String name : CONFIG) {
      Object value = given.get(name);
      if (value == null) continue;
      if (!(value instanceof String text) || text.isEmpty() || text.length() > 1_024 || text.indexOf('\0') >= 0) {
        throw Refusal.invalid("config." + name, "The %s must be a text of 1 to 1024 characters.".formatted(name));
      }
      config.put(name, text);
    }
    String prefix = config.get("prefix");
    if (prefix != null) config.put("prefix", plain(prefix));
    return new StoragePolicy(Json.string(sent, "driver", ""), !Boolean.FALSE.equals(sent.get("enabled")),
        Json.integer(sent, "threshold_bytes"), config);
  }

  private static String plain(String prefix) {
    String cleaned = prefix.replaceAll("^/+|/+$", "");
    for (String part : cleaned.split("/", -1)) {
      if (!part.matches("[A-Za-z0-9._~-]+") || part.equals(".") || part.equals("..")) {
        throw Refusal.invalid("config.prefix", "The prefix is made of letters, digits and . _ ~ - between slashes.");
      }
    }
    return cleaned;
  }

  /** The same with another member of its config. */
  StoragePolicy with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(config);
    more.put(name, value);
    return new StoragePolicy(driver, enabled, threshold, more);
  }

  /** How the addresses of payloads begin. */
  String scheme() {
    return SCHEMES.getOrDefault(driver, driver);
  }

  /** As clients read it, and as it is kept. */
  Map<String, @Nullable Object> wire() {
    Map<String, @Nullable Object> all = Json.of("driver", driver, "enabled", enabled);
    if (threshold != null) all.put("threshold_bytes", threshold);
    all.put("config", new LinkedHashMap<String, @Nullable Object>(config));
    return all;
  }
}
