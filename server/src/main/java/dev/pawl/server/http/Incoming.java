package dev.pawl.server.http;

import dev.pawl.server.auth.Principal;
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
 * @param caller who sent it, known from the request that it came in; null: it came alone and shows that itself
 */
public record Incoming(String method, String path, Map<String, String> query, Map<String, String> headers,
    byte @Nullable [] body, @Nullable Principal caller) {

  public Incoming(String method, String path, Map<String, String> query, Map<String, String> headers,
      byte @Nullable [] body) {
    this(method, path, query, headers, body, null);
  }

  /** The media type of the body, in lower case and without parameters; empty: it says none. */
  public String media() {
    String type = header("content-type");
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  public @Nullable String header(String name) {
    return headers.get(name);
  }
}
