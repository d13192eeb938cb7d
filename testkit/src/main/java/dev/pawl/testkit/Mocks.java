package dev.pawl.testkit;

import dev.pawl.core.task.TaskToken;
import dev.pawl.sdk.ActivityContext;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.WorkflowInterceptor;
import dev.pawl.sdk.worker.ActivityInterceptor;
import dev.pawl.sdk.worker.WorkerBuilder;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All mocks of a test, by the name of what they stand in for. They outlive the crash of a worker. */
final class Mocks {
  /** Lets the test's time pass for an activity. */
  interface Sleep {
    void sleep(TaskToken token, Duration time) throws InterruptedException;
  }

  private final Map<String, Mock> mocks = new ConcurrentHashMap<>();
  private final Map<String, Callable<@Nullable Object>> children = new ConcurrentHashMap<>();

  Mock named(String name) {
    return mocks.computeIfAbsent(name, Mock::new);
  }

  // ---- in the place of something that is there

  ActivityInterceptor activities(InstantSource clock, Sleep sleep) {
    return (context, arguments, next) -> {
      Mock mock = mocks.get(context.task().activityType());
      return mock == null ? next.call() : activity(mock, context, arguments, next, clock, sleep);
    };
  }

  private static @Nullable Object activity(Mock mock, ActivityContext context, @Nullable Object[] arguments,
      Callable<@Nullable Object> next, InstantSource clock, Sleep sleep) throws Exception {
    Mock.Call call = new Mock.Call(
        arguments(arguments), context.idempotencyKey(), context.attempt(), clock.instant());
    sleep.sleep(context.task().token(), mock.takes());
    return mock.call(call, next);
  }

  WorkflowInterceptor steps(InstantSource clock) {
    return new WorkflowInterceptor() {
      @Override
      public @Nullable Object aroundStep(Step.Context step, Callable<@Nullable Object> next) throws Exception {
        Mock mock = mocks.get(step.name());
        return mock == null
            ? next.call()
            : mock.call(new Mock.Call(List.of(), step.idempotencyKey(), step.attempt(), clock.instant()), next);
      }
    };
  }

  private static List<@Nullable Object> arguments(@Nullable Object[] arguments) {
    return Collections.unmodifiableList(Arrays.asList(arguments.clone()));
  }

  // ---- in the place of nothing

  /** An instance of an interface of activities none of whose methods answers. */
  static <A> A unanswered(String name, Class<A> activities) {
    return activities.cast(Proxy.newProxyInstance(activities.getClassLoader(), new Class<?>[] {activities},
        (proxy, method, arguments) -> {
          if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
              case "hashCode" -> System.identityHashCode(proxy);
              case "equals" -> arguments != null && proxy == arguments[0];
              default -> "mocked " + name;
            };
          }
          throw dev.pawl.sdk.failure.ApplicationException.nonRetryable("NotMocked",
              "%s.%s has no answer; give it one: pawl.mock(\"%s.%s\", ...)".formatted(
                  name, method.getName(), name, method.getName()));
        }));
  }

  /** Serves an activity that is nothing but its mock. */
  void serveActivity(WorkerBuilder worker, String type, Class<?> argument) {
    worker.activity(type, argument, unused -> {
      throw new IllegalStateException("mock '" + type + "' has no answer");
    });
  }

  /** Serves a workflow that is nothing but its mock. */
  void serveChild(WorkerBuilder worker, String type, Class<?> input) {
    Mock mock = named(type);
    worker.<Object, @Nullable Object>workflow(type, objects(input), argument -> {
      Pawl.sleep(mock.takes());
      String run = Pawl.info().run().toString();
      // A replay must neither count again nor answer otherwise.
      return children.computeIfAbsent(run, unused -> child(mock, run, argument, Pawl.now())).call();
    });
  }

  private static Callable<@Nullable Object> child(Mock mock, String run, Object argument, Instant now) {
    try {
      Object answer = mock.call(new Mock.Call(Collections.singletonList(argument), run, 1, now), () -> {
        throw new IllegalStateException("this mock has no answer");
      });
      return () -> answer;
    } catch (Exception problem) {
      return () -> {
        throw problem;
      };
    }
  }

  @SuppressWarnings("unchecked") // the converter makes the input of the type that is said
  private static Class<Object> objects(Class<?> type) {
    return (Class<Object>) type;
  }
}
