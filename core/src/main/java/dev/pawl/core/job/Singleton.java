package dev.pawl.core.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Of the jobs of one type with one such key, at most one waits.
 *
 * <p>Without {@code quiet}: while one is open, another that is handed in is the one that is there. With it (debounce):
 * one that has not been started yet gives way to the newest, which starts when nothing has come for {@code quiet}.
 *
 * @param key 1 to 128 characters; not the idempotency key, which every job has beside it
 * @param quiet how long nothing must come, more than zero; null: the first one stands
 * @param most no job of a row that keeps coming is put off for longer than this after the first; null: without end
 */
public record Singleton(String key, @Nullable Duration quiet, @Nullable Duration most) {
  public Singleton {
    JobTies.named("singleton", key);
    if (quiet != null && (quiet.isNegative() || quiet.isZero())) {
      throw new IllegalArgumentException("quiet: expected more than zero, got " + quiet);
    }
    if (most != null && (quiet == null || most.compareTo(quiet) < 0)) {
      throw new IllegalArgumentException("most: expected a time to be quiet, and not less than it, got " + most);
    }
  }

  public boolean debounces() {
    return quiet != null;
  }
}
