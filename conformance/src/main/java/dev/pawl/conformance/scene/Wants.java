package dev.pawl.conformance.scene;

import dev.pawl.conformance.json.Json;
import dev.pawl.protocol.avro.AvroValue;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values in their envelopes, and what a program can want: commands as the published workers write them. */
public final class Wants {
  private Wants() {}

  /** A value's blob. */
  public static String blob(@Nullable Object value) {
    return Base64.getEncoder().encodeToString(AvroValue.write(value));
  }

  /** The value in a blob. */
  public static @Nullable Object unblob(String blob) {
    return AvroValue.read(Base64.getDecoder().decode(blob));
  }

  public static Map<String, @Nullable Object> envelope(@Nullable Object value) {
    return Json.of("codec", "avro", "blob", blob(value));
  }

  /** The envelope of a list of arguments. */
  public static Map<String, @Nullable Object> arguments(Object... values) {
    return envelope(List.of(values));
  }

  private static Map<String, @Nullable Object> command(String type, @Nullable Object[] more) {
    return Json.with(Json.of("type", type), more);
  }

  public static Map<String, @Nullable Object> activity(@Nullable Object... more) {
    return Json.with(Json.of("type", "schedule_activity", "activity_type", "charge", "arguments", arguments()), more);
  }

  public static Map<String, @Nullable Object> timer(int seconds) {
    return command("start_timer", new Object[] {"delay_seconds", seconds});
  }

  public static Map<String, @Nullable Object> child(@Nullable Object... more) {
    return Json.with(Json.of("type", "start_child_workflow", "workflow_type", "child", "arguments", arguments()), more);
  }

  public static Map<String, @Nullable Object> sideEffect(@Nullable Object value) {
    return command("record_side_effect", new Object[] {"result", blob(value)});
  }

  public static Map<String, @Nullable Object> version(String change, int version) {
    return command("record_version_marker",
        new Object[] {"change_id", change, "version", version, "min_supported", -1, "max_supported", version});
  }

  public static Map<String, @Nullable Object> attributes(@Nullable Object... namesAndValues) {
    return command("upsert_search_attributes", new Object[] {"attributes", Json.of(namesAndValues)});
  }

  public static Map<String, @Nullable Object> condition(@Nullable Object... more) {
    return Json.with(Json.of("type", "open_condition_wait", "condition_key", "paid", "condition_definition_fingerprint",
        "sha256:1"), more);
  }

  public static Map<String, @Nullable Object> completeUpdate(@Nullable Object id, @Nullable Object result) {
    return command("complete_update", new Object[] {"update_id", id, "result", envelope(result)});
  }

  public static Map<String, @Nullable Object> failUpdate(@Nullable Object id, String message) {
    return command("fail_update", new Object[] {"update_id", id, "message", message, "exception_type", "Refused",
        "exception_class", "shop.Refused", "non_retryable", true});
  }

  public static Map<String, @Nullable Object> complete(@Nullable Object result) {
    return command("complete_workflow", new Object[] {"result", envelope(result)});
  }

  public static Map<String, @Nullable Object> fail(String message, @Nullable Object... more) {
    return Json.with(Json.of("type", "fail_workflow", "message", message), more);
  }

  public static Map<String, @Nullable Object> continueAsNew(@Nullable Object... more) {
    return Json.with(Json.of("type", "continue_as_new", "arguments", arguments()), more);
  }

  /** One of several that are awaited together. */
  public static Map<String, @Nullable Object> member(Map<String, @Nullable Object> command, String kind, int base,
      int size, int index) {
    String prefix = switch (kind) {
      case "activity" -> "parallel-activities";
      case "child" -> "parallel-children";
      case "timer" -> "parallel-timers";
      default -> "parallel-calls";
    };
    Map<String, @Nullable Object> group = Json.of("parallel_group_id", "%s:%d:%d".formatted(prefix, base, size),
        "parallel_group_kind", kind, "parallel_group_base_sequence", base, "parallel_group_size", size,
        "parallel_group_index", index);
    Map<String, @Nullable Object> all = Json.with(command);
    all.putAll(group);
    all.put("parallel_group_path", List.of(group));
    return all;
  }
}
