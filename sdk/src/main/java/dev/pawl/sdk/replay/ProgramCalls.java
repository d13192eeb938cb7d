package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.SearchValue;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.ActivitySettings;
import dev.pawl.sdk.ChildHandle;
import dev.pawl.sdk.ChildSettings;
import dev.pawl.sdk.ContinueSettings;
import dev.pawl.sdk.ExternalWorkflow;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Scope;
import dev.pawl.sdk.SignalChannel;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.StepBody;
import dev.pawl.sdk.StepSettings;
import dev.pawl.sdk.TransactionBody;
import dev.pawl.sdk.WorkflowInfo;
import dev.pawl.sdk.WorkflowRuntime;
import dev.pawl.sdk.failure.ApplicationException;
import dev.pawl.sdk.failure.CancelledException;
import dev.pawl.sdk.payload.PayloadConverter;
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

/** What the program may call: turns each call into a number and a command, or into an answer. */
final class ProgramCalls implements WorkflowRuntime {
  private final RunRuntime run;
  private final Promises promises;
  private final Versions versions;
  private final Queries queries;
  private @Nullable Chance chance;
  private @Nullable Logger logger;

  ProgramCalls(RunRuntime run) {
    this.run = run;
    this.promises = new Promises(run);
    this.versions = new Versions(run);
    this.queries = new Queries(run);
  }

  Queries queries() {
    return queries;
  }

  private Coroutine self() {
    run.mayAct();
    Coroutine self = run.baton().current();
    self.scope.check();
    return self;
  }

  // ---- steps

  @Override
  public <T extends @Nullable Object> Promise<T> step(
      String name, StepSettings settings, Type type, StepBody<T> body) {
    return step(name, settings, type, ask -> {
      Object result = run.around((interceptor, next) -> interceptor.aroundStep(Step.context(), next), body::run);
      return run.environment().converter().toPayload(result, type);
    });
  }

  @Override
  public <T extends @Nullable Object> Promise<T> transaction(
      String name, int isolation, StepSettings settings, Type type, TransactionBody<T> body) {
    PayloadConverter converter = run.environment().converter();
    return step(name, settings, type, ask -> {
      WorkerApi.LocalTransactions local = run.transactions().orElseThrow(() -> ApplicationException.nonRetryable(
          "NoLocalTransactions", "a transactional step needs a worker inside the engine's process"));
      Booked booked = new Booked();
      // The interceptors stand outside of the transaction: what they see has been committed.
      Object result = run.around((interceptor, next) -> interceptor.aroundStep(Step.context(), next), () -> {
        Payload payload = local.run(run.runId(), ask.step, isolation,
            connection -> converter.toPayload(body.in(connection), type));
        booked.payload = payload;
        return booked.value = run.environment().interceptors().isEmpty() ? payload : converter.fromPayload(payload, type);
      });
      Payload recorded = booked.payload;
      return recorded != null && result == booked.value ? recorded : converter.toPayload(result, type);
    });
  }

  /** What a transaction recorded, as bytes and as the interceptors see it. */
  private static final class Booked {
    @Nullable Payload payload;
    @Nullable Object value;
  }

  private interface AskedWork {
    Payload run(Ask ask) throws Exception;
  }

  private <T extends @Nullable Object> Promise<T> step(
      String name, StepSettings settings, Type type, AskedWork work) {
    Coroutine self = self();
    Ask ask = run.asks().begin(Ask.Kind.STEP, name);
    run.steps().add(ask, settings, type, () -> work.run(ask));
    cancelWith(self.scope, ask, () -> {
      ask.cancelled = true;
      run.asks().close(ask);
      if (run.steps().cancel(ask.step)) run.outbox().add(new Command.CancelTimer(ask.step));
      breakOff(ask, self.scope);
    });
    return promises.typed(ask.promise, type);
  }

  @Override
  public <T extends @Nullable Object> T sideEffect(Type type, StepBody<T> body) {
    self();
    Ask ask = run.asks().begin(Ask.Kind.SIDE_EFFECT, "");
    Event recorded = run.asks().recorded().step(ask.step);
    Payload payload = recorded != null && recorded.fact() instanceof RunEvent.SideEffectRecorded e
        ? Showing.orNull(e.result())
        : run.looking("a side effect", () -> value(type, body));
    run.outbox().add(new Command.RecordSideEffect(ask.step, payload));
    run.asks().close(ask);
    return run.read(payload, type);
  }

  private Payload value(Type type, StepBody<?> body) {
    try {
      return run.environment().converter().toPayload(body.run(), type);
    } catch (Exception problem) {
      // Its number is taken and nothing is recorded: going on would not replay.
      throw run.broken(new RunBroken(run.environment().failures().toFailure(problem), problem));
    }
  }

  // ---- activities

  @Override
  public <T extends @Nullable Object> Promise<T> activity(
      String activityType, ActivitySettings settings, Type result, @Nullable Object[] arguments) {
    Coroutine self = self();
    Payload input = Arguments.write(run.environment().converter(), arguments);
    Ask ask = run.asks().begin(Ask.Kind.ACTIVITY, activityType);
    run.outbox().add(new Command.ScheduleActivity(ask.step, activityType, input,
        settings.options(run.started().queue()), run.started().options().header()));
    cancelWith(self.scope, ask, () -> {
      if (!ask.recorded && run.outbox().takeBack(ask.step)) {
        run.asks().close(ask);
        breakOff(ask, self.scope);
        return;
      }
      if (settings.onCancel() != ActivitySettings.OnCancel.ABANDON) {
        run.outbox().add(new Command.CancelActivity(ask.step));
      }
      if (settings.onCancel() != ActivitySettings.OnCancel.WAIT) breakOff(ask, self.scope);
    });
    return this.<T>typed(ask, result, settings.onCancel());
  }

  private <T extends @Nullable Object> Deferred<T> typed(Ask ask, Type result, ActivitySettings.OnCancel onCancel) {
    Deferred<T> promise = promises.typed(ask.promise, result);
    return onCancel == ActivitySettings.OnCancel.WAIT ? promise.patient() : promise;
  }

  @Override
  public String activityInterface(Class<?> activities, @Nullable String given) {
    return given != null ? given : run.environment().definitions().activitiesName(activities);
  }

  // ---- time

  @Override
  public Promise<@Nullable Void> timer(Duration duration) {
    Coroutine self = self();
    if (duration.isZero() || duration.isNegative()) return promises.done();
    return promises.typed(startTimer(self.scope, duration).promise, Void.class);
  }

  private Ask startTimer(RunScope scope, Duration duration) {
    Ask ask = run.asks().begin(Ask.Kind.TIMER, "");
    run.outbox().add(new Command.StartTimer(ask.step, duration));
    cancelWith(scope, ask, () -> {
      cancelTimer(ask);
      breakOff(ask, scope);
    });
    return ask;
  }

  private void cancelTimer(Ask ask) {
    run.asks().close(ask);
    if (ask.recorded || !run.outbox().takeBack(ask.step)) run.outbox().add(new Command.CancelTimer(ask.step));
  }

  @Override
  public boolean await(BooleanSupplier condition, @Nullable Duration patience) {
    Coroutine self = self();
    if (holds(condition)) return true;
    if (patience != null && (patience.isZero() || patience.isNegative())) return false;
    RunScope scope = self.scope;
    Ask timer = patience == null ? null : startTimer(scope, patience);
    run.baton().blockUntil(
        () -> scope.isCancelled() || (timer != null && timer.promise.isDone()) || holds(condition));
    // The condition goes first: it may have come true at the very event that cancelled the scope or ended the wait.
    boolean holds = holds(condition);
    if (timer != null && !timer.promise.isDone()) cancelTimer(timer);
    if (!holds) scope.check();
    return holds;
  }

  private boolean holds(BooleanSupplier condition) {
    return run.looking("the condition of an await", condition::getAsBoolean);
  }

  @Override
  public Instant now() {
    return run.delivery().now();
  }

  @Override
  public UUID uuid() {
    return chance().uuid();
  }

  @Override
  public RandomGenerator random() {
    return chance();
  }

  private Chance chance() {
    run.mayAct();
    if (chance == null) chance = new Chance(run);
    return chance;
  }

  @Override
  public int version(String changeId, int min, int max) {
    run.mayAct();
    return versions.of(changeId, min, max);
  }

  // ---- messages

  @Override
  public <T> void onSignal(String name, Type type, Consumer<T> handler) {
    run.mayAct();
    run.signals().handle(name, type, handler);
  }

  @Override
  public <T> SignalChannel<T> channel(String name, Type type) {
    run.mayAct();
    return run.signals().channel(name, type);
  }

  @Override
  public <Q, R extends @Nullable Object> void onQuery(String name, Type type, Function<Q, R> handler) {
    run.mayAct();
    queries.handle(name, type, handler);
  }

  @Override
  public <U, R extends @Nullable Object> void onUpdate(
      String name, Type type, Consumer<U> validator, Function<U, R> handler) {
    run.mayAct();
    run.updates().handle(name, type, validator, handler);
  }

  @Override
  public boolean handlersDone() {
    return run.handlersDone();
  }

  // ---- structure

  @Override
  public Scope currentScope() {
    return run.baton().current().scope;
  }

  @Override
  public Scope openScope(boolean detached) {
    run.mayAct();
    return new RunScope(run, detached ? null : run.baton().current().scope);
  }

  @Override
  public <T extends @Nullable Object> Promise<T> kept(T value) {
    return promises.kept(value);
  }

  @Override
  public <T extends @Nullable Object> Promise<List<T>> all(List<? extends Promise<? extends T>> each) {
    return promises.all(each);
  }

  @Override
  public <T extends @Nullable Object> Promise<T> any(List<? extends Promise<? extends T>> each) {
    return promises.any(each);
  }

  @Override
  public <T extends @Nullable Object> Promise<T> race(List<? extends Promise<? extends T>> each) {
    return promises.race(each);
  }

  // ---- other workflows

  @Override
  public String workflowType(Class<?> workflow) {
    return run.environment().definitions().workflowName(workflow);
  }

  @Override
  public <O extends @Nullable Object> ChildHandle<O> child(
      String workflowType, ChildSettings settings, @Nullable Object input, Type result) {
    Coroutine self = self();
    Payload payload = input == null ? null : run.write(input);
    Ask ask = run.asks().begin(Ask.Kind.CHILD, workflowType);
    String given = settings.workflowId();
    String childId = given != null ? given : run.runId() + "." + ask.step;
    run.nameChild(ask.step, childId);
    String queue = settings.queue();
    run.outbox().add(new Command.StartChild(ask.step, workflowType, childId,
        queue == null ? run.started().queue() : queue, payload, settings.options(run.started().options().header()),
        settings.parentClose()));
    cancelWith(self.scope, ask, () -> {
      if (!ask.recorded && run.outbox().takeBack(ask.step)) {
        run.asks().close(ask);
        breakOff(ask, self.scope);
        return;
      }
      if (settings.onCancel() != ActivitySettings.OnCancel.ABANDON) {
        askToCancel(childId, String.valueOf(self.scope.reason()));
      }
      if (settings.onCancel() != ActivitySettings.OnCancel.WAIT) breakOff(ask, self.scope);
    });
    return new Child<>(this, ask, childId, typed(ask, result, settings.onCancel()));
  }

  @Override
  public ExternalWorkflow external(String workflowId) {
    return new External(this, workflowId);
  }

  Promise<@Nullable Void> signal(String workflowId, String name, @Nullable Object input) {
    self();
    Payload payload = input == null ? null : run.write(input);
    Ask ask = run.asks().begin(Ask.Kind.SIGNAL, workflowId + "/" + name);
    run.outbox().add(new Command.SignalExternal(ask.step, run.namespace(), workflowId, name, payload,
        run.started().options().header()));
    return promises.typed(ask.promise, Void.class);
  }

  Promise<@Nullable Void> askToCancel(String workflowId, String reason) {
    Ask ask = run.asks().begin(Ask.Kind.CANCEL, workflowId);
    run.outbox().add(new Command.CancelExternal(ask.step, run.namespace(), workflowId, reason));
    return promises.typed(ask.promise, Void.class);
  }

  @Override
  public Error continueAsNew(@Nullable Object input, ContinueSettings settings) {
    Coroutine self = self();
    if (!self.name.equals("main")) {
      throw new IllegalStateException("Pawl.continueAsNew is for the workflow's own run method, not for " + self.name);
    }
    return new ContinuesAsNew(input, settings);
  }

  // ---- about this run

  @Override
  public void upsertSearchAttributes(Map<String, SearchValue> attributes) {
    self();
    Ask ask = run.asks().begin(Ask.Kind.ATTRIBUTES, "");
    run.outbox().add(new Command.UpsertSearchAttributes(ask.step, Map.copyOf(attributes)));
    run.asks().close(ask);
    attributes.forEach((name, value) -> {
      if (value instanceof SearchValue.Unset) run.attributes().remove(name);
      else run.attributes().put(name, value);
    });
  }

  @Override
  public void upsertMemo(String name, @Nullable Object value) {
    self();
    Payload payload = run.write(value);
    Ask ask = run.asks().begin(Ask.Kind.MEMO, "");
    run.outbox().add(new Command.UpsertMemo(ask.step, Map.of(name, payload)));
    run.asks().close(ask);
    run.memo().put(name, payload);
  }

  @Override
  public WorkflowInfo info() {
    return run.info();
  }

  @Override
  public Logger logger() {
    if (logger == null) {
      logger = QuietLogger.of("pawl.workflow." + run.started().workflowType(), () -> run.delivery().replaying());
    }
    return logger;
  }

  // ---- cancellation

  private void cancelWith(RunScope scope, Ask ask, Runnable cancellation) {
    Runnable once = () -> {
      if (run.asks().open(ask.step) == ask) cancellation.run();
    };
    scope.onCancel(once);
    ask.whenEnded(() -> scope.forget(once));
  }

  private void breakOff(Ask ask, RunScope scope) {
    String reason = String.valueOf(scope.reason());
    ask.promise.fail(() -> new CancelledException(reason));
    if (ask.started != null) ask.started.fail(() -> new CancelledException(reason));
  }
}
