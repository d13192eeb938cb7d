package dev.pawl.server.http;

import dev.pawl.core.value.Rejection;
import dev.pawl.server.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An expected "no" on its way to the caller: a status, a reason that never changes, a message for people. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String reason;
  private final transient Map<String, @Nullable Object> more;

  public Refusal(int status, String reason, String message, @Nullable Object... more) {
    super(message, null, false, false);
    this.status = status;
    this.reason = reason;
    this.more = Json.of(more);
  }

  /** One field is wrong. */
  public static Refusal invalid(String field, String message) {
    return invalid(Map.of(field, List.of(message)));
  }

  /** What the engine found wrong with a field, which it names in its own way. */
  public static Refusal invalid(Rejection why, String field) {
    String named = why.field();
    return invalid(named == null
        ? field
        : named.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT), why.message());
  }

  public static Refusal invalid(Map<String, List<String>> errors) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>(errors);
    String first = errors.values().iterator().next().getFirst();
    int others = errors.values().stream().mapToInt(List::size).sum() - 1;
    String message = others == 0 ? first : "%s (and %d more errors)".formatted(first, others);
    return new Refusal(422, "validation_failed", message, "errors", copy, "validation_errors", copy);
  }

  public int status() {
    return status;
  }

  public String reason() {
    return reason;
  }

  public String message() {
    return String.valueOf(getMessage());
  }

  /** What else the answer says. */
  public Map<String, @Nullable Object> more() {
    return more;
  }

  /** The same with more to say. */
  public Refusal with(@Nullable Object... namesAndValues) {
    List<@Nullable Object> all = new ArrayList<>();
    more.forEach((name, value) -> {
      all.add(name);
      all.add(value);
    });
    all.addAll(Arrays.asList(namesAndValues));
    return new Refusal(status, reason, message(), all.toArray());
  }
}
