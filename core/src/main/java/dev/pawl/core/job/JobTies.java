package dev.pawl.core.job;

import org.jspecify.annotations.Nullable;

/**
 * What ties a job to others.
 *
 * @param limitKey whose share of its type's limits it takes, such as a customer; null: the type's only
 * @param singleton it stands for others of its kind; null: it does not
 * @param batch whose end waits for it; null: none
 */
public record JobTies(@Nullable String limitKey, @Nullable Singleton singleton, @Nullable String batch) {
  public static final JobTies NONE = new JobTies(null, null, null);

  public JobTies {
    named("limitKey", limitKey);
    named("batch", batch);
  }

  static void named(String field, @Nullable String value) {
    if (value != null && (value.isBlank() || value.length() > 128)) {
      throw new IllegalArgumentException("%s: expected 1 to 128 characters, got '%s'".formatted(field, value));
    }
  }

  /** Whether other jobs or a batch have a say in its birth. */
  public boolean binding() {
    return singleton != null || batch != null;
  }

  public JobTies limitKey(@Nullable String key) {
    return new JobTies(key, singleton, batch);
  }

  public JobTies singleton(@Nullable Singleton one) {
    return new JobTies(limitKey, one, batch);
  }

  public JobTies batch(@Nullable String id) {
    return new JobTies(limitKey, singleton, id);
  }
}
