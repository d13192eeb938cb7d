package dev.pawl.server.http;

import dev.pawl.server.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer.
 *
 * @param body an object of JSON; null if {@code text} says it all
 * @param headers beside those that every answer has
 * @param undelivered done if nobody was there any more to take the answer; null: nothing is to be done then
 */
public record Reply(int status, @Nullable Map<String, @Nullable Object> body, @Nullable String text,
    String contentType, Map<String, String> headers, @Nullable Runnable undelivered) {
  public static Reply of(int status, Map<String, @Nullable Object> body) {
    return new Reply(status, body, null, "application/json", Map.of(), null);
  }

  public static Reply ok(Map<String, @Nullable Object> body) {
    return of(200, body);
  }

  public static Reply text(int status, String text, String contentType) {
    return new Reply(status, null, text, contentType, Map.of(), null);
  }

  /** The same answer, which has to be taken back if nobody gets it. */
  public Reply orElse(Runnable takeBack) {
    return new Reply(status, body, text, contentType, headers, takeBack);
  }

  /** The same answer with another body. */
  public Reply with(Map<String, @Nullable Object> other) {
    return new Reply(status, other, text, contentType, headers, undelivered);
  }

  /** The same answer with a header more. */
  public Reply header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Reply(status, body, text, contentType, more, undelivered);
  }

  byte[] bytes() {
    return body != null ? Json.write(body) : String.valueOf(text).getBytes(StandardCharsets.UTF_8);
  }
}
