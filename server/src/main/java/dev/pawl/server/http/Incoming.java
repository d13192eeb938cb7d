package dev.pawl.server.http;

import java.util.Locale;
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
  /** The media type of the body, in lower case and without parameters; empty: it says none. */
  public String media() {
    String type = header("content-type");
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  public @Nullable String header(String name) {
    return headers.get(name);
  }
}
