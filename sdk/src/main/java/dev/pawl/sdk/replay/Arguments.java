package dev.pawl.sdk.replay;

import dev.pawl.core.value.Payload;
import dev.pawl.sdk.payload.PayloadConverter;
import dev.pawl.sdk.payload.PayloadException;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arguments of an activity as one payload: none is no payload, one is itself, more are a list. */
public final class Arguments {
  private Arguments() {}

  /** Null: there are none. */
  public static @Nullable Payload write(PayloadConverter converter, @Nullable Object[] arguments) {
    return switch (arguments.length) {
      case 0 -> null;
      case 1 -> converter.toPayload(arguments[0], arguments[0] == null ? Object.class : arguments[0].getClass());
      default -> converter.toPayload(Arrays.asList(arguments), List.class);
    };
  }

  /** @throws PayloadException if the payload is not what these types want */
  public static @Nullable Object[] read(PayloadConverter converter, @Nullable Payload payload, List<Type> types) {
    @Nullable Object[] arguments = new @Nullable Object[types.size()];
    if (types.size() == 1) {
      if (payload != null) arguments[0] = converter.fromPayload(payload, types.get(0));
    } else if (types.size() > 1) {
      if (payload == null || !(converter.fromPayload(payload, List.class) instanceof List<?> given)
          || given.size() != types.size()) {
        throw new PayloadException("expected a list of %d arguments, got %s".formatted(types.size(), payload));
      }
      // Each element again by itself, because only the list knows where one ends and only the method knows its type.
      for (int i = 0; i < arguments.length; i++) {
        Object element = given.get(i);
        arguments[i] = element == null ? null : converter.fromPayload(converter.toPayload(element, Object.class), types.get(i));
      }
    }
    return arguments;
  }
}
