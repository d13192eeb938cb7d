package dev.pawl.protocol.json;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.value.Rejection;
import java.util.Locale;
import java.util.Optional;

/** Refusals of calls, as they come back: an object with {@code message}, {@code reason} and perhaps {@code field}. */
public final class Refusals {
  private Refusals() {}

  /** Whether an answer that came with a good status is a refusal all the same. No answer begins with its first member. */
  public static boolean looksLikeOne(String body) {
    return body.startsWith("{\"message\":");
  }

  /** Empty: this is no refusal, or one with a code that this build does not know. */
  public static Optional<Rejection> read(String body) {
    try {
      Members m = Reading.whole("a refusal", body, Members::read);
      String reason = m.textOrNull("reason");
      if (reason == null) return Optional.empty();
      String message = m.textOrNull("message");
      return Optional.of(new Rejection(Rejection.Code.valueOf(reason.toUpperCase(Locale.ROOT)),
          message == null ? reason : message, m.textOrNull("field")));
    } catch (CorruptHistory | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
