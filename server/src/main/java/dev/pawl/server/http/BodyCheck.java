package dev.pawl.server.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What all bodies have to stand, whatever their route. */
@FunctionalInterface
public interface BodyCheck {
  /** @throws Refusal it does not */
  void check(String namespace, Map<String, @Nullable Object> body);
}
