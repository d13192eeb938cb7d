package dev.pawl.sdk.replay;

import dev.pawl.core.value.Payload;
import dev.pawl.protocol.avro.AvroValue;
import dev.pawl.sdk.payload.PayloadConverter;
import dev.pawl.sdk.payload.PayloadException;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an activity as one payload: none is no payload, one is itself, more are a list. Programs of other
 * languages write theirs as a list of all arguments, in a codec of their own, whether they are none, one or more.
 */
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
    if (payload != null && payload.codec().equals(AvroValue.CODEC)) return foreign(converter, payload, types);
    if (types.size() == 1) {
      if (payload != null) arguments[0] = converter.fromPayload(payload, types.get(0));
    } else if (types.size() > 1) {
      if (payload == null || !(converter.fromPayload(payload, List.class) instanceof List<?> given)
          || given.size() != types.size()) {
        throw new PayloadException("expected a list of %d arguments, got %s".formatted(types.size(), payload));
      }
      for (int i = 0; i < arguments.length; i++) arguments[i] = element(converter, given.get(i), types.get(i));
    }
    return arguments;
  }

  /** By itself, because only the list knows where an element ends and only the method knows its type. */
  private static @Nullable Object element(PayloadConverter converter, @Nullable Object element, Type type) {
    return element == null ? null : converter.fromPayload(converter.toPayload(element, Object.class), type);
  }

  /** @throws PayloadException if there are more or fewer of them; none at all are nulls */
  private static @Nullable Object[] foreign(PayloadConverter converter, Payload payload, List<Type> types) {
    @Nullable Object[] arguments = new @Nullable Object[types.size()];
    if (!(converter.fromPayload(payload, Object.class) instanceof List<?> given)) {
      throw new PayloadException("expected a list of arguments in codec '%s', got another value"
          .formatted(payload.codec()));
    }
    if (given.isEmpty()) return arguments;
    if (given.size() != types.size()) {
      throw new PayloadException("expected %d arguments, got %d".formatted(types.size(), given.size()));
    }
    for (int i = 0; i < arguments.length; i++) arguments[i] = element(converter, given.get(i), types.get(i));
    return arguments;
  }

  /**
   * The only argument of a workflow, signal, query or update; null: there is none.
   *
   * @throws PayloadException if the payload is not what this type wants, or holds several
   */
  public static @Nullable Object only(PayloadConverter converter, @Nullable Payload payload, Type type) {
    if (type == void.class || type == Void.class) return null;
    return read(converter, payload, List.of(type))[0];
  }
}
