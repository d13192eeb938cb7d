package dev.pawl.sdk.worker;

import dev.pawl.sdk.Verdict;
import java.lang.reflect.Type;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An activity as a worker knows it.
 *
 * @param type stored and travels; never the name of a class
 * @param verify asked with the idempotency key when an earlier attempt may have had its effect; null: just run again
 */
record ActivityDefinition(
    String type,
    List<Type> parameters,
    Type result,
    Body body,
    @Nullable Function<String, ? extends Verdict<?>> verify) {

  @FunctionalInterface
  interface Body {
    @Nullable Object run(@Nullable Object[] arguments) throws Throwable;
  }

  ActivityDefinition verifiedBy(Function<String, ? extends Verdict<?>> hook) {
    return new ActivityDefinition(type, parameters, result, body, hook);
  }
}
