package dev.pawl.server.storage;

import dev.pawl.server.http.Refusal;
import dev.pawl.server.json.Json;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Stores, fetches, compares and deletes payloads that nobody needs. */
public final class StorageTrial {
  private final ExternalStorage storage;

  public StorageTrial(ExternalStorage storage) {
    this.storage = storage;
  }

  /** What was tried. */
  public record Report(String driver, Map<String, @Nullable Object> small, Map<String, @Nullable Object> large) {}

  /**
   * @param driver the policy's; null: whatever it is
   * @throws Refusal 422 {@code external_storage_not_configured}, {@code external_storage_disabled} or {@code
   *     storage_driver_unavailable} with the reason
   */
  public Report run(String namespace, @Nullable String driver, int small, int large) {
    StoragePolicy policy = storage.policy(namespace).orElseThrow(() -> new Refusal(422,
        "external_storage_not_configured", "namespace '%s' has no external payload storage".formatted(namespace)));
    if (!policy.enabled()) {
      throw new Refusal(422, "external_storage_disabled",
          "the external payload storage of namespace '%s' is turned off".formatted(namespace));
    }
    if (driver != null && !driver.equals(policy.driver())) {
      throw new Refusal(422, "storage_driver_unavailable",
          "the policy of the namespace says %s, not %s".formatted(policy.driver(), driver), "driver", driver);
    }
    try {
      ObjectStore store = storage.open(policy);
      return new Report(policy.driver(), tried(store, small), tried(store, large));
    } catch (IOException e) {
      throw new Refusal(422, "storage_driver_unavailable", String.valueOf(e.getMessage()), "driver", policy.driver());
    }
  }

  private static Map<String, @Nullable Object> tried(ObjectStore store, int size) throws IOException {
    byte[] bytes = new byte[size];
    ThreadLocalRandom.current().nextBytes(bytes);
    String hash = AwsSignature.sha256(bytes);
    String key = "test/%s/%s".formatted(hash.substring(0, 2), hash);
    store.put(key, bytes);
    try {
      if (!Arrays.equals(store.get(store.key(store.uri(key)), size), bytes)) {
        throw new IOException("the store gave back other bytes than it was given");
      }
    } finally {
      store.delete(key);
    }
    return Json.of("status", "passed", "bytes", size, "sha256", hash, "reference_uri", store.uri(key));
  }
}
