package dev.pawl.testkit;

import dev.pawl.protocol.control.ControlApi;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The engine's control as the test sees it: what changes something is counted, and what waits for a result or an update
 * drives time instead of sleeping.
 */
final class ControlLink implements InvocationHandler {
  /** Waits; asks the engine once per look, with the patience that is given. */
  interface Waits {
    <T> T forIt(String what, Object run, java.util.function.Function<Duration, T> ask);
  }

  private final ControlApi engine;
  private final Calls calls;
  private final Waits waits;

  private ControlLink(ControlApi engine, Calls calls, Waits waits) {
    this.engine = engine;
    this.calls = calls;
    this.waits = waits;
  }

  static ControlApi over(ControlApi engine, Calls calls, Waits waits) {
    return (ControlApi) Proxy.newProxyInstance(ControlApi.class.getClassLoader(), new Class<?>[] {ControlApi.class},
        new ControlLink(engine, calls, waits));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    if (arguments == null) return call(method);
    return switch (method.getName()) {
      case "awaitResult" -> waiting("the result", method, arguments);
      case "awaitUpdate" -> waiting("the result of update '" + arguments[1] + "'", method, arguments);
      case "query", "history", "list", "count", "describe", "runs", "explain" -> call(method, arguments);
      default -> {
        calls.enter();
        try {
          yield call(method, arguments);
        } finally {
          calls.leave();
        }
      }
    };
  }

  private @Nullable Object waiting(String what, Method method, @Nullable Object[] arguments) throws Throwable {
    Object run = arguments[0];
    if (run == null) return call(method, arguments);
    return waits.forIt(what, run, patience -> {
      @Nullable Object[] now = arguments.clone();
      now[now.length - 1] = patience;
      try {
        return call(method, now);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable strange) {
        throw new IllegalStateException(strange);
      }
    });
  }

  private @Nullable Object call(Method method, @Nullable Object... arguments) throws Throwable {
    try {
      return method.invoke(engine, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
