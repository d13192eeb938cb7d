package dev.pawl.server.http;

import dev.pawl.server.auth.Principal;
import dev.pawl.server.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request whose form is in order.
 *
 * @param parameters of the path, decoded
 * @param query decoded
 * @param body the object that was sent; empty: none, or a document
 * @param raw the request as it came in
 */
public record Call(Route route, Map<String, String> parameters, Map<String, String> query,
    Map<String, @Nullable Object> body, String namespace, Principal principal, Incoming raw) {

  public String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) throw new IllegalStateException("route %s has no parameter %s".formatted(route.name(), name));
    return value;
  }

  /** The bytes of a document; none: an empty one. */
  public byte[] document() {
    byte[] bytes = raw.body();
    return bytes == null ? new byte[0] : bytes;
  }

  public boolean has(String name) {
    return body.get(name) != null;
  }

  public @Nullable Object value(String name) {
    return body.get(name);
  }

  public @Nullable String text(String name) {
    return Json.string(body, name);
  }

  public String text(String name, String absent) {
    String value = Json.string(body, name);
    return value == null || value.isEmpty() ? absent : value;
  }

  public @Nullable Long integer(String name) {
    return Json.integer(body, name);
  }

  public long integer(String name, long absent) {
    Long value = Json.integer(body, name);
    return value == null ? absent : value;
  }

  public Map<String, @Nullable Object> object(String name) {
    return Json.object(body.get(name));
  }

  /** A whole number behind the question mark. */
  public long number(String name, long absent, long min, long max) {
    String value = query.get(name);
    if (value == null || value.isEmpty()) return absent;
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) return number;
    } catch (NumberFormatException e) {
      // said below
    }
    throw Refusal.invalid(name, "The %s field must be an integer between %d and %d."
        .formatted(name.replace('_', ' '), min, max));
  }

  public boolean asked(String name) {
    String value = query.get(name);
    return "true".equals(value) || "1".equals(value);
  }
}
