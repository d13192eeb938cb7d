package dev.pawl.protocol.json;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.value.Outcome;
import org.jspecify.annotations.Nullable;

/** Outcomes as JSON: {@code {"result":payload}} or {@code {"failure":failure}}. */
public final class OutcomeJson {
  private OutcomeJson() {}

  /** The outcome as text for a column. */
  public static String write(Outcome outcome) {
    JsonText out = JsonText.take();
    write(out, outcome);
    return out.done();
  }

  /** @throws CorruptHistory if {@link #write} never wrote this */
  public static Outcome read(String json) {
    return Reading.whole("an outcome", json, OutcomeJson::read);
  }

  static void write(JsonText out, String name, @Nullable Outcome outcome) {
    if (outcome != null) write(out.name(name), outcome);
  }

  private static void write(JsonText out, Outcome outcome) {
    out.open();
    switch (outcome) {
      case Outcome.Success it -> PayloadJson.write(out, "result", it.result());
      case Outcome.Failed it -> FailureJson.write(out, "failure", it.failure());
    }
    out.close();
  }

  static Outcome read(JsonSource in) {
    Members m = Members.read(in);
    var result = m.payload("result");
    return result == null ? Outcome.failed(m.failure()) : Outcome.success(result);
  }
}
