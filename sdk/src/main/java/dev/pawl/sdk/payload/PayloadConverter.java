package dev.pawl.sdk.payload;

import dev.pawl.core.value.Payload;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Turns values into payloads and back. */
public interface PayloadConverter {
  /** @param type what the value is declared as; its class if unknown */
  Payload toPayload(@Nullable Object value, Type type);

  /** @param type what is wanted */
  @Nullable Object fromPayload(Payload payload, Type type);
}
