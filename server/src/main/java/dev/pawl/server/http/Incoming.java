package dev.pawl.server.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came in.
 *
 * @param path raw, without the query
 * @param query decoded parameters
 * @param headers by lower-case name
 * @param body whole; null: it was larger than allowed
 */
public record Incoming(String method, String path, Map<String, String> query, Map<String, String> headers,
    byte @Nullable [] body) {
  public @Nullable String header(String name) {
    return headers.get(name);
  }
}
