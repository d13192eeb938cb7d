package dev.pawl.sdk.remote;

import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.json.Refusals;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** What one server had to say to a call. */
sealed interface Said {
  record Answer(String text) implements Said {}

  /** @param retryAfter when to come again, as the server wishes */
  record Refused(Rejection why, Duration retryAfter) implements Said {}

  /**
   * No answer.
   *
   * @param sent whether the server may have got the call
   */
  record Nothing(Throwable problem, boolean sent) implements Said {}

  /** The caller does not want the answer any more. */
  record Aborted() implements Said {}

  /** What a response says. */
  static Said of(HttpResponse<String> response) {
    return of(response.statusCode(), response.body(), response.headers().firstValue("Retry-After").orElse("0"),
        response.uri());
  }

  /** @param from who said it, for people */
  static Said of(int status, String body, String pause, Object from) {
    String text = body.strip();
    if (status == 200 && !Refusals.looksLikeOne(text)) return new Answer(text);
    Optional<Rejection> known = Refusals.read(text);
    if (known.isPresent()) return new Refused(known.get(), retryAfter(pause));
    String said = "%s answered %d: %s".formatted(from, status, text.substring(0, Math.min(text.length(), 300)));
    Rejection.Code code = switch (status) {
      case 401, 403 -> Rejection.Code.FORBIDDEN;
      case 413 -> Rejection.Code.PAYLOAD_TOO_LARGE;
      case 429 -> Rejection.Code.OVERLOADED;
      default -> Rejection.Code.BAD_CONFIGURATION;
    };
    // A proxy speaks for a server that may have got the call.
    return status >= 500
        ? new Nothing(new IOException(said), true)
        : new Refused(Rejection.because(code, said), retryAfter(pause));
  }

  private static Duration retryAfter(String seconds) {
    try {
      return Duration.ofSeconds(Math.clamp(Long.parseLong(seconds), 0, 30));
    } catch (NumberFormatException e) {
      return Duration.ofSeconds(1); // a date: whoever sends one wants a pause
    }
  }
}
