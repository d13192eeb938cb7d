package dev.pawl.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** An API of the engine whose every call counts as one that may change something. */
final class Counted {
  private Counted() {}

  static <A> A over(Class<A> api, A engine, Calls calls) {
    return api.cast(Proxy.newProxyInstance(api.getClassLoader(), new Class<?>[] {api}, (proxy, method, arguments) -> {
      calls.enter();
      try {
        return method.invoke(engine, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause() == null ? e : e.getCause();
      } finally {
        calls.leave();
      }
    }));
  }
}
