package dev.pawl.testkit;

import java.io.Serializable;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;

/** The type of what a lambda takes. The compiler writes it into the lambda's serialized form; nothing is serialized. */
final class ArgumentType {
  private ArgumentType() {}

  /** @return {@code Object} if it can't be told */
  static Class<?> of(Serializable body) {
    try {
      Method writeReplace = body.getClass().getDeclaredMethod("writeReplace");
      writeReplace.setAccessible(true);
      if (!(writeReplace.invoke(body) instanceof SerializedLambda lambda)) return Object.class;
      return MethodType.fromMethodDescriptorString(
          lambda.getInstantiatedMethodType(), body.getClass().getClassLoader()).parameterType(0);
    } catch (ReflectiveOperationException | InaccessibleObjectException | TypeNotPresentException e) {
      return Object.class;
    }
  }
}
