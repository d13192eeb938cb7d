package dev.pawl.sdk;

import dev.pawl.core.value.SearchValue;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What a workflow may do. Every method is valid only inside workflow code, and gives the same answer again whenever the
 * run is replayed.
 *
 * <pre>{@code
 * var reserved = Pawl.step("reserve", () -> stock.reserve(order));
 * if (!Pawl.await(() -> approved, Duration.ofHours(48))) throw new Declined("nobody approved");
 * Pawl.sleep(Duration.ofDays(30));
 * }</pre>
 */
public final class Pawl {
  private Pawl() {}

  private static WorkflowRuntime runtime() {
    return WorkflowRuntime.current();
  }

  // ---- steps

  /**
   * Runs a piece of work here in the worker and records its result; the fast path. Its idempotency key is
   * {@code Step.context().idempotencyKey()}, the same in every attempt.
   *
   * <p>Keep it short: while the only coroutine of a run is in a step, signals and a request to cancel wait for its end.
   * What takes minutes is an activity.
   *
   * @param name stable name; a change while runs are open is a divergence
   */
  public static <T extends @Nullable Object> T step(String name, StepBody<T> body) {
    return stepAsync(name, body).get();
  }

  /** A step with settings. */
  public static <T extends @Nullable Object> T step(String name, Consumer<StepSettings> settings, StepBody<T> body) {
    return stepAsync(name, settings, body).get();
  }

  /** A step without a result. */
  public static void step(String name, StepAction body) {
    stepAsync(name, body).get();
  }

  /** A step without a result, with settings. */
  public static void step(String name, Consumer<StepSettings> settings, StepAction body) {
    stepAsync(name, settings, body).get();
  }

  /** Starts a step and goes on. Bodies of steps that are open together run in parallel. */
  public static <T extends @Nullable Object> Promise<T> stepAsync(String name, StepBody<T> body) {
    return stepAsync(name, settings -> {}, body);
  }

  /** Starts a step with settings and goes on. */
  public static <T extends @Nullable Object> Promise<T> stepAsync(
      String name, Consumer<StepSettings> settings, StepBody<T> body) {
    StepSettings set = new StepSettings();
    settings.accept(set);
    Type type = set.returns() != null ? set.returns() : ResultType.of(body, name);
    return runtime().step(Checks.name("name", name), set, type, body);
  }

  /** Starts a step without a result and goes on. */
  public static Promise<@Nullable Void> stepAsync(String name, StepAction body) {
    return stepAsync(name, settings -> {}, body);
  }

  /** Starts a step without a result, with settings, and goes on. */
  @SuppressWarnings("NullAway") // null is the only Void there is
  public static Promise<@Nullable Void> stepAsync(String name, Consumer<StepSettings> settings, StepAction body) {
    StepSettings set = new StepSettings();
    settings.accept(set);
    return runtime().step(name, set, Void.class, () -> {
      body.run();
      return null;
    });
  }

  /**
   * Runs JDBC work on the engine's own database and records its result in the same transaction: exactly once, whatever
   * crashes. Read committed; needs a worker inside the engine's process.
   */
  public static <T extends @Nullable Object> T transaction(String name, TransactionBody<T> body) {
    return transaction(name, java.sql.Connection.TRANSACTION_READ_COMMITTED, body);
  }

  /** @param isolation one of the {@code Connection.TRANSACTION_*} levels */
  public static <T extends @Nullable Object> T transaction(String name, int isolation, TransactionBody<T> body) {
    return transaction(name, isolation, settings -> {}, body);
  }

  /** A transactional step with settings. */
  public static <T extends @Nullable Object> T transaction(
      String name, int isolation, Consumer<StepSettings> settings, TransactionBody<T> body) {
    StepSettings set = new StepSettings();
    settings.accept(set);
    Type type = set.returns() != null ? set.returns() : ResultType.of(body, name);
    return runtime().transaction(name, isolation, set, type, body).get();
  }

  /** Records a value that would be another one next time, without calling it a step. Must be quick and must not fail. */
  public static <T extends @Nullable Object> T sideEffect(StepBody<T> body) {
    return runtime().sideEffect(ResultType.of(body, "side effect"), body);
  }

  // ---- time

  /** Waits; the worker may be gone meanwhile. Zero or less: does not wait. */
  public static void sleep(Duration duration) {
    timer(duration).get();
  }

  /** A promise that is kept after {@code duration}. */
  public static Promise<@Nullable Void> timer(Duration duration) {
    return runtime().timer(duration);
  }

  /** Waits until a condition over the workflow's own state holds. It is looked at after every event. */
  public static void await(BooleanSupplier condition) {
    runtime().await(condition, null);
  }

  /** Waits until a condition holds, but not longer than this. @return whether it holds */
  public static boolean await(BooleanSupplier condition, Duration patience) {
    return runtime().await(condition, patience);
  }

  /** The workflow's time: that of the last event it was shown. Stands still while the code runs. */
  public static Instant now() {
    return runtime().now();
  }

  /** A UUID that is the same in every replay. */
  public static UUID uuid() {
    return runtime().uuid();
  }

  /** Random numbers that are the same in every replay. */
  public static RandomGenerator random() {
    return runtime().random();
  }

  // ---- change

  /**
   * Which version of a changed piece of code this run takes, for ever. Version 1 is the code as it was before the change
   * had a name; a run that is new here takes {@code max}.
   *
   * <pre>{@code
   * if (Pawl.version("charge-first", 1, 2) == 1) { reserve(); charge(); } else { charge(); reserve(); }
   * }</pre>
   *
   * @param min the oldest version that the code still has, at least 1
   */
  public static int version(String changeId, int min, int max) {
    return runtime().version(changeId, min, max);
  }

  /** Whether this run takes the new code; runs that were past this point before the change do not. */
  public static boolean patched(String changeId) {
    return version(changeId, 1, 2) == 2;
  }

  // ---- messages

  /**
   * Calls {@code handler} for every signal of this name, those that came before included, each in a coroutine of its own
   * that may block.
   */
  public static <T> void onSignal(String name, Class<T> type, Consumer<T> handler) {
    runtime().onSignal(name, type, handler);
  }

  /** The signals of one name as a channel. */
  public static <T> SignalChannel<T> channel(String name, Class<T> type) {
    return runtime().channel(name, type);
  }

  /** Takes the next signal of this name, waiting for it. */
  public static <T> T receive(String name, Class<T> type) {
    return channel(name, type).receive();
  }

  /** Takes the next signal of this name; empty if none came within {@code patience}. */
  public static <T> Optional<T> receive(String name, Class<T> type, Duration patience) {
    return channel(name, type).receive(patience);
  }

  /** Answers queries of this name. The handler must only look. */
  public static <R extends @Nullable Object> void onQuery(String name, Supplier<R> handler) {
    runtime().onQuery(name, Void.class, nothing -> handler.get());
  }

  /** Answers queries of this name that carry an argument. The handler must only look. */
  public static <Q, R extends @Nullable Object> void onQuery(String name, Class<Q> type, Function<Q, R> handler) {
    runtime().onQuery(name, type, handler);
  }

  /** Handles updates of this name: every one is accepted. The handler may block; its result goes to the caller. */
  public static <U, R extends @Nullable Object> void onUpdate(String name, Class<U> type, Function<U, R> handler) {
    runtime().onUpdate(name, type, update -> {}, handler);
  }

  /** @param validator says no by throwing: the caller is told and history does not change; it must only look */
  public static <U, R extends @Nullable Object> void onUpdate(
      String name, Class<U> type, Consumer<U> validator, Function<U, R> handler) {
    runtime().onUpdate(name, type, validator, handler);
  }

  /** Whether no handler of a signal or update is in the middle of something; wait for it before ending. */
  public static boolean handlersDone() {
    return runtime().handlersDone();
  }

  // ---- structure

  /** Runs beside the caller, in the caller's scope. Only one of them runs at any time, so fields need no locks. */
  public static <T extends @Nullable Object> Promise<T> async(Supplier<T> body) {
    return Scope.current().async(body);
  }

  /** Runs beside the caller, in the caller's scope. */
  public static Promise<@Nullable Void> async(Runnable body) {
    return Scope.current().async(() -> {
      body.run();
      return null;
    });
  }

  /** Runs here in a scope of its own that nobody cancels: for clean-up. */
  public static void detached(Runnable body) {
    Scope.detached().run(body);
  }

  // ---- other workflows

  /** Starts a child by its type and goes on. */
  public static <O extends @Nullable Object> ChildHandle<O> child(
      String workflowType, Consumer<ChildSettings> settings, @Nullable Object input, Class<O> result) {
    ChildSettings set = new ChildSettings();
    settings.accept(set);
    return runtime().child(workflowType, set, input, result);
  }

  /** Another workflow of the same namespace. */
  public static ExternalWorkflow external(String workflowId) {
    return runtime().external(workflowId);
  }

  /**
   * Ends this run and goes on in a new one with a fresh history, the same workflow id and this input. Signals that no
   * handler took are the first signals of the new run. Never returns.
   */
  public static <T extends @Nullable Object> T continueAsNew(@Nullable Object input) {
    return continueAsNew(input, settings -> {});
  }

  /** Continues as new with changes. Never returns. */
  public static <T extends @Nullable Object> T continueAsNew(
      @Nullable Object input, Consumer<ContinueSettings> settings) {
    ContinueSettings set = new ContinueSettings();
    settings.accept(set);
    throw runtime().continueAsNew(input, set);
  }

  // ---- about this run

  /** Sets search attributes; {@link SearchValue.Unset} takes one away. */
  public static void upsertSearchAttributes(Map<String, SearchValue> attributes) {
    runtime().upsertSearchAttributes(attributes);
  }

  /** Sets a field of the memo: shown with the run, never searched. */
  public static void upsertMemo(String name, @Nullable Object value) {
    runtime().upsertMemo(name, value);
  }

  /** Which run this is and how it stands. */
  public static WorkflowInfo info() {
    return runtime().info();
  }

  /** A logger that is silent while the run is replayed; the run's ids are in the MDC. */
  public static Logger logger() {
    return runtime().logger();
  }
}
