package dev.pawl.sdk;

import org.jspecify.annotations.Nullable;

/**
 * The answer of a verify hook: did the effect behind this idempotency key happen?
 *
 * @param <T> result of the step or activity
 */
public sealed interface Verdict<T extends @Nullable Object> {
  /** It happened, with this result; it is recorded and the work does not run again. */
  record Did<T extends @Nullable Object>(T result) implements Verdict<T> {}

  /** It did not happen; the work runs again. */
  record DidNot<T extends @Nullable Object>() implements Verdict<T> {}

  /** Nobody can tell now. The attempt fails as {@code OutcomeUnknown}; the next one asks again. */
  record Unknown<T extends @Nullable Object>(String why) implements Verdict<T> {}

  /** See {@link Did}. */
  static <T extends @Nullable Object> Verdict<T> did(T result) {
    return new Did<>(result);
  }

  /** See {@link DidNot}. */
  static <T extends @Nullable Object> Verdict<T> didNot() {
    return new DidNot<>();
  }

  /** See {@link Unknown}. */
  static <T extends @Nullable Object> Verdict<T> unknown(String why) {
    return new Unknown<>(why);
  }
}
