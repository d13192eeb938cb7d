package dev.pawl.sdk.replay;

import dev.pawl.core.value.Payload;
import dev.pawl.sdk.failure.PayloadTooLargeException;
import dev.pawl.sdk.payload.PayloadConverter;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Refuses values that the engine would refuse, where the author can catch it. A report is taken whole or not at all, so one
 * such value in it would hold up everything else.
 */
public record Bounded(PayloadConverter inner) implements PayloadConverter {
  /** Puts the bound around a converter that has none. */
  public static PayloadConverter of(PayloadConverter converter) {
    return converter instanceof Bounded ? converter : new Bounded(converter);
  }

  @Override
  public Payload toPayload(@Nullable Object value, Type type) {
    Payload payload = inner.toPayload(value, type);
    if (payload.size() <= Payload.MAX_BYTES) return payload;
    String what = value == null ? "null" : "a " + value.getClass().getSimpleName();
    throw new PayloadTooLargeException(what, payload.size(), Payload.MAX_BYTES);
  }

  @Override
  public @Nullable Object fromPayload(Payload payload, Type type) {
    return inner.fromPayload(payload, type);
  }
}
