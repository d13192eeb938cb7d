package dev.pawl.sdk;

import java.io.Serializable;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The type of what a lambda returns, so that a recorded result can be read back without the author repeating it. The
 * compiler writes it into the lambda's serialized form; nothing is ever serialized.
 */
final class ResultType {
  /** One entry per lambda in the source, so the reflection is paid once. */
  private static final Map<Class<?>, Type> FOUND =
      Collections.synchronizedMap(new WeakHashMap<>());

  private ResultType() {}

  /** @throws IllegalArgumentException if it can't be told, with the cure */
  static Type of(Serializable body, String step) {
    Class<?> lambda = body.getClass();
    Type known = FOUND.get(lambda);
    if (known == null) {
      known = checked(find(body), step);
      FOUND.put(lambda, known);
    }
    return known;
  }

  private static Type checked(@Nullable Type type, String step) {
    if (type == null) {
      throw new IllegalArgumentException(("the type of what '%s' returns can't be read from its body; say it: "
          + "opts -> opts.returns(Receipt.class)").formatted(step));
    }
    if (type instanceof Class<?> raw && raw.getTypeParameters().length > 0) {
      throw new IllegalArgumentException(("'%s' returns a %s of something; say of what: opts -> "
          + "opts.returns(new TypeRef<%s<...>>() {})").formatted(step, raw.getSimpleName(), raw.getSimpleName()));
    }
    return type;
  }

  private static @Nullable Type find(Serializable body) {
    Type declared = fromInterface(body.getClass());
    if (declared != null) return declared;
    try {
      Method writeReplace = body.getClass().getDeclaredMethod("writeReplace");
      writeReplace.setAccessible(true);
      if (!(writeReplace.invoke(body) instanceof SerializedLambda lambda)) return null;
      ClassLoader loader = body.getClass().getClassLoader();
      Class<?> erased = MethodType.fromMethodDescriptorString(lambda.getInstantiatedMethodType(), loader).returnType();
      if (erased.getTypeParameters().length == 0) return erased;
      return generic(lambda, loader, erased);
    } catch (ReflectiveOperationException | InaccessibleObjectException | TypeNotPresentException e) {
      return null;
    }
  }

  /** A method reference leads to a method that still knows its generic type; a lambda's body does not. */
  private static Type generic(SerializedLambda lambda, ClassLoader loader, Class<?> erased) {
    try {
      Class<?> owner = Class.forName(lambda.getImplClass().replace('/', '.'), false, loader);
      MethodType type = MethodType.fromMethodDescriptorString(lambda.getImplMethodSignature(), loader);
      Method method = owner.getDeclaredMethod(lambda.getImplMethodName(), type.parameterArray());
      Type returned = method.getGenericReturnType();
      return !method.isSynthetic() && returned instanceof ParameterizedType ? returned : erased;
    } catch (ReflectiveOperationException e) {
      return erased;
    }
  }

  private static @Nullable Type fromInterface(Class<?> type) {
    for (Type above : type.getGenericInterfaces()) {
      if (above instanceof ParameterizedType p
          && (p.getRawType() == StepBody.class || p.getRawType() == TransactionBody.class)) {
        return p.getActualTypeArguments()[0];
      }
    }
    return null;
  }
}
