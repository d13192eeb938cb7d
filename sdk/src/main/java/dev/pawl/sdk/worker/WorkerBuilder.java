package dev.pawl.sdk.worker;

import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.ActivityNames;
import dev.pawl.sdk.CurrentRun;
import dev.pawl.sdk.Verdict;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.WorkflowInterceptor;
import dev.pawl.sdk.WorkflowTypes;
import dev.pawl.sdk.context.ContextCarrier;
import dev.pawl.sdk.payload.Failures;
import dev.pawl.sdk.payload.PayloadConverter;
import dev.pawl.sdk.replay.Definitions;
import dev.pawl.sdk.replay.ReplayEnvironment;
import dev.pawl.sdk.replay.WorkflowDefinition;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts a worker together: what it serves, under which names, and how much of it at a time. Names are explicit: no name of a
 * class is ever stored, so renames and proxies break nothing.
 */
public final class WorkerBuilder {
  final WorkerApi api;
  final PayloadConverter converter;
  final Definitions definitions = new Definitions();
  final Map<String, ActivityDefinition> activities = new LinkedHashMap<>();
  final List<ActivityInterceptor> activityInterceptors = new ArrayList<>();
  final List<WorkflowInterceptor> workflowInterceptors = new ArrayList<>();
  final List<ContextCarrier> carriers = new ArrayList<>();
  final WorkerSettings settings = new WorkerSettings();
  String namespace = "default";
  String queue = "default";

  WorkerBuilder(WorkerApi api, PayloadConverter converter) {
    this.api = api;
    this.converter = converter;
  }

  /** {@code default} unless said. */
  public WorkerBuilder namespace(String namespace) {
    this.namespace = namespace;
    return this;
  }

  /** Where it looks for work; {@code default} unless said. */
  public WorkerBuilder queue(String queue) {
    this.queue = queue;
    return this;
  }

  // ---- workflows

  /**
   * Serves a workflow.
   *
   * @param factory makes one object per run; called once here too, to learn the types and to fail early
   */
  public <W extends Workflow<?, ?>> WorkerBuilder workflow(String name, Supplier<W> factory) {
    return workflow(name, factory, handlers -> {});
  }

  /** Serves a workflow, with signals, queries and updates as methods of its class. */
  public <W extends Workflow<?, ?>> WorkerBuilder workflow(
      String name, Supplier<W> factory, Consumer<WorkflowHandlers<W>> handlers) {
    WorkflowHandlers<W> all = new WorkflowHandlers<>();
    handlers.accept(all);
    Class<?> type = classOf(factory);
    definitions.add(new WorkflowDefinition(
        name, type, type == null ? null : WorkflowTypes.inputOf(type), factory, all.all()));
    return this;
  }

  /** Null: the constructor uses {@code Pawl}, so the types are known only when a run begins. */
  private static @Nullable Class<?> classOf(Supplier<? extends Workflow<?, ?>> factory) {
    try {
      return factory.get().getClass();
    } catch (CurrentRun.OutsideWorkflow later) {
      return null;
    }
  }

  /** Serves a workflow that is a lambda; it must not keep state outside of its run. */
  public <I extends @Nullable Object, O extends @Nullable Object> WorkerBuilder workflow(
      String name, Class<I> input, Workflow<I, O> workflow) {
    definitions.add(new WorkflowDefinition(name, null, input, () -> workflow, List.of()));
    return this;
  }

  // ---- activities

  /** Serves an activity with one argument. */
  public <A extends @Nullable Object, R extends @Nullable Object> WorkerBuilder activity(
      String type, Class<A> argument, ActivityBody<A, R> body) {
    return activity(type, argument, body, hooks -> {});
  }

  /** Serves an activity with one argument, with hooks. */
  @SuppressWarnings({"unchecked", "NullAway"}) // the converter made the argument of the type A
  public <A extends @Nullable Object, R extends @Nullable Object> WorkerBuilder activity(
      String type, Class<A> argument, ActivityBody<A, R> body, Consumer<ActivityHooks> hooks) {
    ActivityHooks set = new ActivityHooks();
    hooks.accept(set);
    serve(new ActivityDefinition(type, List.of(argument), Object.class, arguments -> body.run((A) arguments[0]),
        set.verify().get(ActivityHooks.ONLY)));
    return this;
  }

  /** Serves the methods of an interface as {@code name.method}. */
  public <A> WorkerBuilder activities(String name, Class<A> activities, A instance) {
    return activities(name, activities, instance, hooks -> {});
  }

  /** Serves the methods of an interface as {@code name.method}, with hooks. */
  public <A> WorkerBuilder activities(
      String name, Class<A> activities, A instance, Consumer<ActivityHooks> hooks) {
    ActivityHooks set = new ActivityHooks();
    hooks.accept(set);
    Map<String, Function<String, ? extends Verdict<?>>> verify = new LinkedHashMap<>(set.verify());
    activityNames(name, activities);
    for (Method method : activities.getMethods()) {
      if (Modifier.isStatic(method.getModifiers())) continue;
      method.trySetAccessible();
      serve(new ActivityDefinition(ActivityNames.of(name, method), List.of(method.getGenericParameterTypes()),
          method.getGenericReturnType(), arguments -> invoke(method, instance, arguments),
          verify.remove(method.getName())));
    }
    if (!verify.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has no method %s to verify".formatted(activities.getSimpleName(), verify.keySet()));
    }
    return this;
  }

  /** Gives an interface its name for stubs, without serving it: other workers do. */
  public WorkerBuilder activityNames(String name, Class<?> activities) {
    if (!activities.isInterface()) {
      throw new IllegalArgumentException(
          "expected an interface of activities, got the class %s".formatted(activities.getName()));
    }
    definitions.nameActivities(name, activities);
    return this;
  }

  private void serve(ActivityDefinition definition) {
    if (activities.putIfAbsent(definition.type(), definition) != null) {
      throw new IllegalArgumentException(
          "activity '%s' is registered twice; overloaded methods need @ActivityName".formatted(definition.type()));
    }
  }

  private static @Nullable Object invoke(Method method, Object instance, @Nullable Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(instance, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  // ---- around

  /** Stands around every attempt of every activity; the first one given is the outermost. */
  public WorkerBuilder intercept(ActivityInterceptor interceptor) {
    activityInterceptors.add(interceptor);
    return this;
  }

  /** Stands around runs, handlers and steps; the first one given is the outermost. */
  public WorkerBuilder intercept(WorkflowInterceptor interceptor) {
    workflowInterceptors.add(interceptor);
    return this;
  }

  /** Context that came along is in effect while the user's code runs. */
  public WorkerBuilder carrying(ContextCarrier... carriers) {
    this.carriers.addAll(List.of(carriers));
    return this;
  }

  /** Sets the numbers. */
  public WorkerBuilder settings(Consumer<WorkerSettings> change) {
    change.accept(settings);
    return this;
  }

  /** What replaying the runs of such a worker takes, without an engine: for tests of recorded histories. */
  public ReplayEnvironment environment() {
    return new ReplayEnvironment(definitions, converter, new Failures(converter), workflowInterceptors, carriers,
        settings.retryInPlace);
  }

  /**
   * Opens a session and begins to work.
   *
   * @throws IllegalArgumentException if a setting is out of range
   * @throws dev.pawl.core.value.RejectedException if the engine refuses, or can't be reached
   */
  public Worker start() {
    settings.check();
    if (definitions.workflowTypes().isEmpty() && activities.isEmpty()) {
      throw new IllegalStateException("this worker serves nothing: register a workflow or an activity");
    }
    return Worker.start(this);
  }
}
