package dev.pawl.sdk.context;

import dev.pawl.core.value.Payload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes one piece of context from the caller to the code that runs for it.
 *
 * <pre>{@code
 * final class TenantCarrier implements ContextCarrier {
 *   public String name() { return "tenant"; }
 *   public String capture() { return Tenant.current(); }
 *   public Bound restore(String value) { Tenant.set(value); return Tenant::clear; }
 * }
 * }</pre>
 */
public interface ContextCarrier {
  /** Name of the header. */
  String name();

  /** What the calling thread has; null: nothing travels. */
  @Nullable String capture();

  /** Puts it in effect on the calling thread. */
  Bound restore(String value);

  /** Takes it back. */
  interface Bound extends AutoCloseable {
    @Override
    void close();
  }

  /** What all carriers have, as headers. */
  static Map<String, Payload> capture(List<ContextCarrier> carriers) {
    if (carriers.isEmpty()) return Map.of();
    Map<String, Payload> header = new LinkedHashMap<>();
    for (ContextCarrier carrier : carriers) {
      String value = carrier.capture();
      if (value != null) header.put(carrier.name(), Payload.wrap("text", value.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
    return header;
  }

  /** Puts everything that came along in effect. */
  static Bound restore(List<ContextCarrier> carriers, Map<String, Payload> header) {
    if (carriers.isEmpty() || header.isEmpty()) return () -> {};
    List<Bound> bound = new ArrayList<>();
    for (ContextCarrier carrier : carriers) {
      Payload value = header.get(carrier.name());
      if (value != null) bound.add(carrier.restore(value.text()));
    }
    return () -> {
      for (int i = bound.size() - 1; i >= 0; i--) bound.get(i).close();
    };
  }
}
