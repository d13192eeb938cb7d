package dev.pawl.server.http;

import dev.pawl.server.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer.
 *
 * @param body an object of JSON; null if {@code text} says it all
 * @param headers beside those that every answer has
 * @param undelivered done if nobody was there any more to take the answer; null: nothing is to be done then
 * @param parts calls that the request was made of: their answers are the answer; empty: it was one call
 */
public record Reply(int status, @Nullable Map<String, @Nullable Object> body, @Nullable String text,
    String contentType, Map<String, String> headers, @Nullable Runnable undelivered, List<Incoming> parts) {
  public static Reply of(int status, Map<String, @Nullable Object> body) {
    return new Reply(status, body, null, "application/json", Map.of(), null, List.of());
  }

  public static Reply ok(Map<String, @Nullable Object> body) {
    return of(200, body);
  }

  public static Reply text(int status, String text, String contentType) {
    return new Reply(status, null, text, contentType, Map.of(), null, List.of());
  }

  /** The answers to several calls, each on a line of its own. */
  static Reply parts(List<Incoming> calls) {
    return new Reply(200, null, "", Bundle.MEDIA, Map.of(), null, calls);
  }

  /** The same answer, which has to be taken back if nobody gets it. */
  public Reply orElse(Runnable takeBack) {
    return new Reply(status, body, text, contentType, headers, takeBack, parts);
  }

  /** The same answer with another body. */
  public Reply with(Map<String, @Nullable Object> other) {
    return new Reply(status, other, text, contentType, headers, undelivered, parts);
  }

  /** The same answer with a header more. */
  public Reply header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Reply(status, body, text, contentType, more, undelivered, parts);
  }

  byte[] bytes() {
    return body != null ? Json.write(body) : String.valueOf(text).getBytes(StandardCharsets.UTF_8);
  }
}
