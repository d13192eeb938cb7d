package dev.pawl.protocol.json;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.value.Payload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of an activity task that no query looks at and that never changes: input, header and options. What changes
 * ({@code details}, {@code lastFailure}) has columns of its own, by {@link PayloadJson} and {@link FailureJson}.
 */
public final class TaskJson {
  private TaskJson() {}

  public record Body(@Nullable Payload input, Map<String, Payload> header, ActivityOptions options) {}

  public static String write(ActivityTask task) {
    return write(new Body(task.input(), task.header(), task.options()));
  }

  public static String write(Body body) {
    JsonText out = JsonText.take().open();
    PayloadJson.write(out, "input", body.input());
    PayloadJson.write(out, "header", body.header());
    OptionsJson.write(out, body.options());
    return out.close().done();
  }

  /** @throws CorruptHistory if {@link #write} never wrote this */
  public static Body read(String json) {
    return Reading.whole("an activity task", json, in -> {
      Members m = Members.read(in);
      return new Body(m.payload("input"), m.payloads("header"), OptionsJson.activity(m));
    });
  }
}
