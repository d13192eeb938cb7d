package dev.pawl.sdk;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Turns calls of an interface into signals: each method is the signal of its name, its one argument is the input. Used by
 * {@link ExternalWorkflow#as} and by the client's handles.
 */
public final class SignalProxy implements InvocationHandler {
  /** Sends one signal. */
  @FunctionalInterface
  public interface Send {
    /** @param input null if the method has no argument */
    void signal(String name, @Nullable Object input);
  }

  private final Class<?> signals;
  private final Send send;

  private SignalProxy(Class<?> signals, Send send) {
    this.signals = signals;
    this.send = send;
  }

  /**
   * An instance whose calls are sent.
   *
   * @throws IllegalArgumentException if it is no interface, or one of its methods gives something back or has more than one
   *     argument
   */
  public static <S> S of(Class<S> signals, Send send) {
    if (!signals.isInterface()) {
      throw new IllegalArgumentException("expected an interface of signals, got the class " + signals.getName());
    }
    for (Method method : signals.getMethods()) {
      if (method.isDefault() || Modifier.isStatic(method.getModifiers())) continue;
      if (method.getReturnType() != void.class || method.getParameterCount() > 1) {
        throw new IllegalArgumentException("%s.%s: a signal has at most one argument and gives nothing back".formatted(
            signals.getSimpleName(), method.getName()));
      }
    }
    return signals.cast(Proxy.newProxyInstance(
        signals.getClassLoader(), new Class<?>[] {signals}, new SignalProxy(signals, send)));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return switch (method.getName()) {
        case "equals" -> arguments != null && proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> "signals of " + signals.getSimpleName();
      };
    }
    if (method.isDefault()) return InvocationHandler.invokeDefault(proxy, method, arguments);
    send.signal(method.getName(), arguments == null ? null : arguments[0]);
    return null;
  }
}
