package dev.pawl.protocol.uwer;

import dev.pawl.core.job.JobSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The W3C trace context of a job's submission: one of its extensions, {@link UwerTask#TRACE}. */
public final class TraceContext {
  private TraceContext() {}

  /** Whether it is a {@code traceparent} of version 00. */
  public static boolean valid(String traceparent) {
    return EnvelopeReader.TRACEPARENT.matcher(traceparent).matches();
  }

  /** The {@code traceparent} of a submission; null: it had none. */
  public static @Nullable String of(JobSpec job) {
    String extensions = job.extensions();
    return extensions == null ? null : of(members(extensions));
  }

  static @Nullable String of(Map<String, Json> extensions) {
    return extensions.get(UwerTask.TRACE) instanceof Json.Str text && valid(text.value()) ? text.value() : null;
  }

  /** The same extensions with this trace among them, as an object of JSON. @param extensions null: none */
  public static String with(@Nullable String extensions, String traceparent) {
    Map<String, Json> all = new LinkedHashMap<>(extensions == null ? Map.of() : members(extensions));
    all.put(UwerTask.TRACE, new Json.Str(traceparent));
    return new Json.Obj(all).write();
  }

  /** A job that another one brings about belongs to the trace of that one, unless it came with its own. */
  public static JobSpec inherited(JobSpec child, JobSpec parent) {
    return within(child, of(parent));
  }

  /** The same job as part of this trace, unless it came with its own. @param traceparent null: of none */
  public static JobSpec within(JobSpec child, @Nullable String traceparent) {
    return traceparent == null || of(child) != null ? child : child.extended(with(child.extensions(), traceparent));
  }

  static Map<String, Json> members(String extensions) {
    return JsonReader.read(extensions) instanceof Json.Obj object ? object.members() : Map.of();
  }
}
