package dev.pawl.sdk.payload;

import dev.pawl.core.value.Payload;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Turns values into payloads and back. Safe for any number of threads. The codec that it gives to its payloads is stored for
 * ever; it has no {@code +}, which separates the layers of {@link PayloadPath}.
 */
public interface PayloadConverter {
  /**
   * @param type what the value is declared as; its class if unknown
   * @throws PayloadException if the value can't be written
   * @throws dev.pawl.sdk.failure.PayloadTooLargeException if it is too large
   */
  Payload toPayload(@Nullable Object value, Type type);

  /**
   * @param type what is wanted
   * @throws PayloadException if the payload can't be read as that
   */
  @Nullable Object fromPayload(Payload payload, Type type);
}
