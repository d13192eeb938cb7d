package dev.pawl.sdk;

import dev.pawl.core.value.SearchValue;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What stands behind {@link Pawl} and its neighbours: the run that the calling thread belongs to. Implemented by
 * {@code dev.pawl.sdk.replay}; authors of workflows never meet it.
 */
public interface WorkflowRuntime {

  /** The run of the calling thread. @throws IllegalStateException if it belongs to none */
  static WorkflowRuntime current() {
    return CurrentRun.get();
  }

  // ---- steps and activities

  <T extends @Nullable Object> Promise<T> step(String name, StepSettings settings, Type type, StepBody<T> body);

  <T extends @Nullable Object> Promise<T> transaction(
      String name, int isolation, StepSettings settings, Type type, TransactionBody<T> body);

  <T extends @Nullable Object> T sideEffect(Type type, StepBody<T> body);

  <T extends @Nullable Object> Promise<T> activity(
      String activityType, ActivitySettings settings, Type result, @Nullable Object[] arguments);

  /** The name of an interface of activities. @param given wins over what is registered */
  String activityInterface(Class<?> activities, @Nullable String given);

  // ---- time, chance, change

  Promise<@Nullable Void> timer(Duration duration);

  boolean await(BooleanSupplier condition, @Nullable Duration patience);

  Instant now();

  UUID uuid();

  RandomGenerator random();

  int version(String changeId, int min, int max);

  // ---- messages

  <T> void onSignal(String name, Type type, Consumer<T> handler);

  <T> SignalChannel<T> channel(String name, Type type);

  <Q, R extends @Nullable Object> void onQuery(String name, Type type, Function<Q, R> handler);

  <U, R extends @Nullable Object> void onUpdate(
      String name, Type type, Consumer<U> validator, Function<U, R> handler);

  boolean handlersDone();

  // ---- structure

  Scope currentScope();

  Scope openScope(boolean detached);

  <T extends @Nullable Object> Promise<T> kept(T value);

  <T extends @Nullable Object> Promise<List<T>> all(List<? extends Promise<? extends T>> promises);

  <T extends @Nullable Object> Promise<T> any(List<? extends Promise<? extends T>> promises);

  <T extends @Nullable Object> Promise<T> race(List<? extends Promise<? extends T>> promises);

  // ---- other workflows

  /** The registered name of a workflow class. */
  String workflowType(Class<?> workflow);

  <O extends @Nullable Object> ChildHandle<O> child(
      String workflowType, ChildSettings settings, @Nullable Object input, Type result);

  ExternalWorkflow external(String workflowId);

  /** What to throw to end this run and go on in a new one. */
  Error continueAsNew(@Nullable Object input, ContinueSettings settings);

  // ---- about this run

  void upsertSearchAttributes(Map<String, SearchValue> attributes);

  void upsertMemo(String name, @Nullable Object value);

  WorkflowInfo info();

  Logger logger();
}
