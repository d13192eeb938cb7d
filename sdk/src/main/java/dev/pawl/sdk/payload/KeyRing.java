package dev.pawl.sdk.payload;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Keys by name. To rotate, add a key and make it the current one; keep the old ones as long as payloads live that were
 * written with them. Safe for any number of threads.
 */
public interface KeyRing {
  /** Name of the key that new payloads are encrypted with. */
  String current();

  /** 32 bytes of key; empty if there is none of that name. */
  Optional<byte[]> key(String id);

  /** Letters, digits, dots, underscores and hyphens, at most 64: what may stand in the codec of a payload. */
  Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /**
   * Keys that are given once.
   *
   * @param keys name to 32 bytes
   * @throws IllegalArgumentException if the current one is missing, or a name or length is wrong
   */
  static KeyRing of(String current, Map<String, byte[]> keys) {
    Map<String, byte[]> copies = new LinkedHashMap<>();
    keys.forEach((id, key) -> {
      if (!NAME.matcher(id).matches()) {
        throw new IllegalArgumentException("key '%s': expected 1 to 64 of A-Z a-z 0-9 . _ -".formatted(id));
      }
      if (key.length != 32) {
        throw new IllegalArgumentException("key '%s': expected 32 bytes, got %d".formatted(id, key.length));
      }
      copies.put(id, key.clone());
    });
    if (!copies.containsKey(current)) {
      throw new IllegalArgumentException("the current key '%s' is not among the keys".formatted(current));
    }
    return new KeyRing() {
      @Override
      public String current() {
        return current;
      }

      @Override
      public Optional<byte[]> key(String id) {
        return Optional.ofNullable(copies.get(id)).map(byte[]::clone);
      }

      @Override
      public String toString() {
        return "keys " + copies.keySet() + ", current " + current; // never the keys themselves
      }
    };
  }
}
