package dev.pawl.server.storage;

import dev.pawl.server.http.BodyCheck;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.wire.Reference;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every reference in a request before its handler runs, so that no route can forget to: at the places where
 * envelopes stand, never inside of values.
 */
public final class ReferenceGuard implements BodyCheck {
  private static final Set<String> ENVELOPE = Set.of("codec", Reference.MEMBER);
  /** Members that have a value of the user: an envelope, or anything that only looks like one further inside. */
  private static final Set<String> VALUES = Set.of("input", "arguments", "result", "result_envelope", "details",
      "entries", "memo", "search_attributes");

  private final ExternalStorage storage;

  public ReferenceGuard(ExternalStorage storage) {
    this.storage = storage;
  }

  @Override
  public void check(String namespace, Map<String, @Nullable Object> body) {
    body.forEach((name, value) -> look(namespace, name, name, value));
  }

  private void look(String namespace, String at, String name, @Nullable Object value) {
    switch (value) {
      case Map<?, ?> map when map.keySet().equals(ENVELOPE) && "avro".equals(map.get("codec")) -> {
        String field = at + "." + Reference.MEMBER;
        if (storage.policy(namespace).filter(StoragePolicy::enabled).isEmpty()) {
          throw Refusal.invalid(field, "This namespace has no external payload storage.");
        }
        storage.admit(namespace, field, Reference.read(field, map.get(Reference.MEMBER)));
      }
      case Map<?, ?> map when !VALUES.contains(name) ->
          map.forEach((key, one) -> look(namespace, at + "." + key, String.valueOf(key), one));
      case List<?> list when !VALUES.contains(name) -> {
        for (int i = 0; i < list.size(); i++) look(namespace, at + "." + i, name, list.get(i));
      }
      case null, default -> {}
    }
  }
}
