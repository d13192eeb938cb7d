package dev.pawl.sdk;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the input and result types of a workflow from its class. */
public final class WorkflowTypes {
  private WorkflowTypes() {}

  /** @throws IllegalArgumentException if the class does not say it, as a lambda does not */
  public static Type inputOf(Class<?> workflow) {
    return argument(workflow, 0);
  }

  /** @throws IllegalArgumentException if the class does not say it, as a lambda does not */
  public static Type resultOf(Class<?> workflow) {
    return argument(workflow, 1);
  }

  private static Type argument(Class<?> workflow, int index) {
    Type found = find(workflow, Workflow.class.getTypeParameters()[index], new HashMap<>());
    if (found == null || found instanceof TypeVariable<?>) {
      throw new IllegalArgumentException(
          "expected %s to say its types as in 'implements Workflow<Order, Receipt>'; for a lambda register "
              .formatted(workflow.getName()) + "worker.workflow(name, Input.class, input -> ...)");
    }
    return found;
  }

  /** Walks up to {@link Workflow}, carrying what type variables stand for on the way. */
  private static @Nullable Type find(@Nullable Type type, TypeVariable<?> wanted, Map<TypeVariable<?>, Type> bound) {
    if (type == null) return null;
    Class<?> raw;
    if (type instanceof ParameterizedType parameterized) {
      raw = (Class<?>) parameterized.getRawType();
      TypeVariable<?>[] variables = raw.getTypeParameters();
      Type[] arguments = parameterized.getActualTypeArguments();
      for (int i = 0; i < variables.length; i++) {
        Type argument = arguments[i];
        bound.put(variables[i], argument instanceof TypeVariable<?> v && bound.containsKey(v) ? bound.get(v) : argument);
      }
    } else if (type instanceof Class<?> plain) {
      raw = plain;
    } else {
      return null;
    }
    if (raw == Workflow.class) return bound.get(wanted);
    for (Type above : raw.getGenericInterfaces()) {
      Type found = find(above, wanted, bound);
      if (found != null) return found;
    }
    return find(raw.getGenericSuperclass(), wanted, bound);
  }
}
