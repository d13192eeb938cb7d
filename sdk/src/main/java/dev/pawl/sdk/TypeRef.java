package dev.pawl.sdk;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Holds on to a generic type that a {@code Class} can't say.
 *
 * <pre>{@code
 * List<Order> open = Pawl.step("load", opts -> opts.returns(new TypeRef<List<Order>>() {}), () -> orders.open());
 * }</pre>
 */
public abstract class TypeRef<T extends @Nullable Object> {
  private final Type type;

  protected TypeRef() {
    if (!(getClass().getGenericSuperclass() instanceof ParameterizedType given)) {
      throw new IllegalArgumentException("expected new TypeRef<Something>() {}, got a TypeRef without its type");
    }
    this.type = given.getActualTypeArguments()[0];
  }

  /** The type that was given. */
  public final Type type() {
    return type;
  }
}
