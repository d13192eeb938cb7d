package dev.pawl.sdk.replay;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A logger that says nothing while history is replayed: everything was said when it happened. */
final class QuietLogger {
  private QuietLogger() {}

  static Logger of(String name, BooleanSupplier quiet) {
    Logger logger = LoggerFactory.getLogger(name);
    InvocationHandler handler = (proxy, method, arguments) -> {
      if (quiet.getAsBoolean()) {
        if (method.getReturnType() == void.class) return null;
        if (method.getReturnType() == boolean.class && method.getName().startsWith("is")) return false;
      }
      try {
        return method.invoke(logger, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    };
    return (Logger) Proxy.newProxyInstance(Logger.class.getClassLoader(), new Class<?>[] {Logger.class}, handler);
  }
}
