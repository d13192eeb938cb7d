package dev.pawl.sdk;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns calls of an interface into activities. Asks for the run only when called, so it may be kept in a field. */
final class ActivityProxy implements InvocationHandler {
  private final Class<?> activities;
  private final Consumer<ActivitySettings> settings;

  private ActivityProxy(Class<?> activities, Consumer<ActivitySettings> settings) {
    this.activities = activities;
    this.settings = settings;
  }

  static <A> A of(Class<A> activities, Consumer<ActivitySettings> settings) {
    if (!activities.isInterface()) {
      throw new IllegalArgumentException(
          "expected an interface of activities, got the class %s".formatted(activities.getName()));
    }
    return activities.cast(Proxy.newProxyInstance(
        activities.getClassLoader(), new Class<?>[] {activities}, new ActivityProxy(activities, settings)));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class) return ofObject(proxy, method, arguments);
    if (method.isDefault()) return InvocationHandler.invokeDefault(proxy, method, arguments);
    ActivitySettings set = new ActivitySettings();
    settings.accept(set);
    WorkflowRuntime runtime = WorkflowRuntime.current();
    String type = ActivityNames.of(runtime.activityInterface(activities, set.name()), method);
    return runtime.activity(type, set, method.getGenericReturnType(), arguments == null ? new Object[0] : arguments)
        .get();
  }

  private @Nullable Object ofObject(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "activities of " + activities.getSimpleName();
    };
  }
}
