package dev.pawl.engine;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.StoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.BooleanSupplier;

/**
 * The outside of an API: whatever the database refuses becomes a rejection with a code, in one place, and a closed
 * engine says that it is closed.
 */
final class Door {
  private Door() {}

  static <A> A of(Class<A> api, A inside, BooleanSupplier closing) {
    return api.cast(Proxy.newProxyInstance(api.getClassLoader(), new Class<?>[] {api}, (proxy, method, args) -> {
      try {
        return method.invoke(inside, args);
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof StoreException trouble) throw rejection(trouble, closing.getAsBoolean());
        throw e.getCause();
      }
    }));
  }

  private static RejectedException rejection(StoreException trouble, boolean closing) {
    return closing
        ? new RejectedException(Rejection.because(Rejection.Code.SHUTTING_DOWN, "the engine is closing"), trouble)
        : new RejectedException(
            Rejection.because(trouble.code(), String.valueOf(trouble.getMessage())), trouble);
  }
}
