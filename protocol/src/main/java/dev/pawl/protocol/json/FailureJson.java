package dev.pawl.protocol.json;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import org.jspecify.annotations.Nullable;

/** Failures with their causes as JSON. */
public final class FailureJson {
  /** Causes below a failure that are stored; what lies deeper is cut, because it could not be read again. */
  public static final int MAX_CAUSES = 100;

  private FailureJson() {}

  /** The failure as text for a column. */
  public static String write(Failure failure) {
    JsonText out = JsonText.take();
    write(out, failure, 0);
    return out.done();
  }

  /** @throws CorruptHistory if {@link #write} never wrote this */
  public static Failure read(String json) {
    return Reading.whole("a failure", json, FailureJson::read);
  }

  static void write(JsonText out, String name, @Nullable Failure failure) {
    if (failure != null) write(out.name(name), failure, 0);
  }

  private static void write(JsonText out, Failure failure, int depth) {
    out.open();
    out.text("type", failure.type());
    out.text("message", failure.message());
    out.flag("nonRetryable", failure.nonRetryable());
    out.duration("nextRetryDelay", failure.nextRetryDelay());
    PayloadJson.write(out, "details", failure.details());
    out.text("stack", failure.stack());
    Failure cause = failure.cause();
    if (cause != null && depth < MAX_CAUSES) write(out.name("cause"), cause, depth + 1);
    out.close();
  }

  static Failure read(JsonSource in) {
    Members m = Members.read(in);
    Payload details = m.payload("details");
    return new Failure(m.text("type"), m.text("message"), m.textOrNull("stack"), m.flag("nonRetryable"),
        m.durationOrNull("nextRetryDelay"), details, m.failureOrNull("cause"));
  }
}
