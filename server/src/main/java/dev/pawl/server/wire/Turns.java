package dev.pawl.server.wire;

import dev.pawl.core.task.Fairness;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** When a task has its turn, as the wire says it: {@code priority}, {@code fairness_key}, {@code fairness_weight}. */
public final class Turns {
  private Turns() {}

  /** The fields of a request that may say it. */
  public static List<Field> fields() {
    return List.of(Field.integer("priority", 0, 9, "0 first, 5 by default"),
        Field.text("fairness_key", 255, "whose share of the queue it takes, such as a customer"),
        Field.integer("fairness_weight", Fairness.LEAST, Fairness.MOST, "how large that share is, default 1"));
  }

  /**
   * @param at path in front of the fields' names
   * @param absent what holds if nothing is said
   * @throws Refusal with the path of the field
   */
  public static int priority(String at, Map<String, @Nullable Object> sent, int absent) {
    return (int) number(at + "priority", sent.get("priority"), 0, 9, absent);
  }

  /** The same. */
  public static @Nullable Fairness fairness(
      String at, Map<String, @Nullable Object> sent, @Nullable Fairness absent) {
    Object key = sent.get("fairness_key");
    if (key == null) {
      if (sent.get("fairness_weight") == null) return absent;
      throw Refusal.invalid(at + "fairness_weight", "A weight is that of a fairness key, and there is none.");
    }
    if (!(key instanceof String text) || text.isBlank() || text.length() > 255) {
      throw Refusal.invalid(at + "fairness_key", "Expected text of 1 to 255 characters.");
    }
    return new Fairness(text, (int) number(at + "fairness_weight", sent.get("fairness_weight"),
        Fairness.LEAST, Fairness.MOST, Fairness.LEAST));
  }

  /** Puts down what {@link #fairness} read. */
  public static void write(Map<String, @Nullable Object> into, @Nullable Fairness fairness) {
    if (fairness == null) return;
    into.put("fairness_key", fairness.key());
    into.put("fairness_weight", fairness.weight());
  }

  private static long number(String at, @Nullable Object said, long least, long most, long absent) {
    if (said == null) return absent;
    Long number = Json.integer(Json.of("n", said), "n");
    if (number == null || number < least || number > most) {
      throw Refusal.invalid(at, "Expected a whole number from %d to %d.".formatted(least, most));
    }
    return number;
  }
}
