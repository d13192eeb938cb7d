package dev.pawl.sdk;

import java.lang.reflect.Method;

/** How the methods of a registered interface are called in history. */
public final class ActivityNames {
  private ActivityNames() {}

  /** {@code name.method}, or with the method's {@link ActivityName} as the last part. */
  public static String of(String interfaceName, Method method) {
    ActivityName given = method.getAnnotation(ActivityName.class);
    return interfaceName + "." + (given == null ? method.getName() : given.value());
  }
}
