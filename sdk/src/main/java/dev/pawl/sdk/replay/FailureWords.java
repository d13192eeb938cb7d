package dev.pawl.sdk.replay;

import dev.pawl.core.value.Failure;

/** Turns exceptions into failures that travel, and failures back into exceptions that workflow code can catch. */
public interface FailureWords {
  Failure of(Throwable problem);

  /** @param kind what failed: {@code step}, {@code activity}, {@code child}, {@code signal} ... */
  RuntimeException exception(String kind, String name, Failure failure);
}
