package dev.pawl.sdk;

import dev.pawl.core.task.Fairness;
import java.time.Duration;

/** What every settings object refuses, in the same words. */
final class Checks {
  private Checks() {}

  static Duration positive(String field, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException("%s: expected more than 0, got %s".formatted(field, value));
    }
    return value;
  }

  static Duration notNegative(String field, Duration value) {
    if (value.isNegative()) throw new IllegalArgumentException("%s: expected 0 or more, got %s".formatted(field, value));
    return value;
  }

  static int priority(int value) {
    if (value < 0 || value > 9) throw new IllegalArgumentException("priority: expected 0 to 9, got " + value);
    return value;
  }

  static Fairness fairness(String key, int weight) {
    name("fairness key", key);
    if (weight < Fairness.LEAST || weight > Fairness.MOST) {
      throw new IllegalArgumentException("fairness weight: expected 1 to 1000, got " + weight);
    }
    return new Fairness(key, weight);
  }

  static String name(String field, String value) {
    if (value.isBlank() || value.length() > 255) {
      throw new IllegalArgumentException("%s: expected 1 to 255 characters, got '%s'".formatted(field, value));
    }
    return value;
  }
}
