package dev.pawl.protocol.uwer;

import dev.pawl.core.job.JobTies;
import dev.pawl.core.job.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What ties a task to others. The contract has no members for it, so it lies in the extension {@value #EXTENSION}:
 * {@code {"limit_key", "batch", "singleton": {"key", "quiet_ms", "most_ms"}}}, each of them optional.
 */
final class TaskTies {
  static final String EXTENSION = "dev.pawl.ties";
  private static final int LONGEST = 128;
  private static final long MOST_MILLIS = Duration.ofDays(366).toMillis();

  private TaskTies() {}

  /** Of extensions that were {@linkplain #check checked}. */
  static JobTies of(Map<String, Json> extensions) {
    Json said = extensions.get(EXTENSION);
    return said == null ? JobTies.NONE : read(said, "/ext/" + EXTENSION);
  }

  /** @throws Refusal with the place of what is wrong */
  static void check(Map<String, Json> extensions, String at) {
    Json said = extensions.get(EXTENSION);
    if (said != null) read(said, at + "/" + EXTENSION);
  }

  private static JobTies read(Json said, String at) {
    Fields fields = Fields.of(said, at);
    JobTies ties = new JobTies(named(fields, "limit_key"), singleton(fields.findFields("singleton")),
        named(fields, "batch"));
    fields.nothingElse();
    return ties;
  }

  private static @Nullable String named(Fields fields, String member) {
    String name = fields.findText(member, LONGEST);
    if (name != null && name.isBlank()) throw Refusal.schema("expected 1 character or more", fields.pointer(member));
    return name;
  }

  private static @Nullable Singleton singleton(@Nullable Fields fields) {
    if (fields == null) return null;
    String key = named(fields, "key");
    if (key == null) throw Refusal.schema("expected a key", fields.pointer("key"));
    Long quiet = fields.findNumber("quiet_ms", 1, MOST_MILLIS);
    Long most = fields.findNumber("most_ms", 1, MOST_MILLIS);
    fields.nothingElse();
    if (most != null && (quiet == null || most < quiet)) {
      throw Refusal.schema("expected quiet_ms, and not less than it", fields.pointer("most_ms"));
    }
    return new Singleton(key, millis(quiet), millis(most));
  }

  private static @Nullable Duration millis(@Nullable Long millis) {
    return millis == null ? null : Duration.ofMillis(millis);
  }

  /** Extensions that say these ties. */
  static Map<String, Json> with(JobTies ties, Map<String, Json> others) {
    if (ties.equals(JobTies.NONE)) return others;
    Singleton one = ties.singleton();
    Map<String, Json> all = new LinkedHashMap<>(others);
    all.put(EXTENSION, Json.of("limit_key", ties.limitKey(), "singleton", one == null
        ? null
        : Json.of("key", one.key(), "quiet_ms", millis(one.quiet()), "most_ms", millis(one.most())),
        "batch", ties.batch()));
    return all;
  }

  private static @Nullable Long millis(@Nullable Duration time) {
    return time == null ? null : time.toMillis();
  }
}
