package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.WorkflowInfo;
import dev.pawl.sdk.WorkflowInterceptor;
import dev.pawl.sdk.WorkflowTypes;
import dev.pawl.sdk.context.ContextCarrier;
import dev.pawl.sdk.failure.CancelledException;
import dev.pawl.sdk.failure.PawlException;
import dev.pawl.sdk.payload.PayloadException;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The inside of one run: its coroutines, what it asked for, what it was shown. Everything here happens under the baton.
 * What the program may call is in {@link ProgramCalls}.
 */
final class RunRuntime {
  /** Around a handler. */
  @FunctionalInterface
  interface Around {
    @Nullable Object call(WorkflowInterceptor interceptor, Callable<@Nullable Object> next) throws Exception;
  }

  private static final Logger LOG = LoggerFactory.getLogger(RunRuntime.class);

  private final ReplayEnvironment environment;
  private final String namespace;
  private final String workflowId;
  private final RunId runId;
  private final Link link;
  private final Baton baton;
  private final RunScope root = new RunScope(this, null);
  private final Outbox outbox = new Outbox();
  private final Asks asks = new Asks(this);
  private final Steps steps = new Steps(this);
  private final Signals signals = new Signals(this);
  private final Updates updates = new Updates(this);
  private final Delivery delivery = new Delivery(this);
  private final Showing showing = new Showing(this);
  private final ProgramCalls calls = new ProgramCalls(this);
  private final List<Deferred<?>> failedParts = new ArrayList<>(0);
  private final Map<Integer, String> childIds = new LinkedHashMap<>();
  private final Map<String, SearchValue> attributes = new TreeMap<>();
  private final Map<String, Payload> memo = new TreeMap<>();
  private RunEvent.@Nullable WorkflowStarted started;
  private Instant startedAt = Instant.EPOCH;
  private @Nullable RunBroken broken;
  private @Nullable String looking;
  private int handlersRunning;
  private boolean over;

  RunRuntime(ReplayEnvironment environment, String namespace, String workflowId, RunId runId, Link link,
      Baton.Idle idle) {
    this.environment = environment;
    this.namespace = namespace;
    this.workflowId = workflowId;
    this.runId = runId;
    this.link = link;
    this.baton = new Baton(workflowId, idle);
    this.baton.serves(calls);
  }

  // ---- its parts

  ReplayEnvironment environment() {
    return environment;
  }

  Link link() {
    return link;
  }

  Baton baton() {
    return baton;
  }

  RunScope root() {
    return root;
  }

  Outbox outbox() {
    return outbox;
  }

  Asks asks() {
    return asks;
  }

  Steps steps() {
    return steps;
  }

  Signals signals() {
    return signals;
  }

  Updates updates() {
    return updates;
  }

  Delivery delivery() {
    return delivery;
  }

  ProgramCalls calls() {
    return calls;
  }

  Map<String, SearchValue> attributes() {
    return attributes;
  }

  Map<String, Payload> memo() {
    return memo;
  }

  RunId runId() {
    return runId;
  }

  String namespace() {
    return namespace;
  }

  RunEvent.WorkflowStarted started() {
    if (started == null) throw new IllegalStateException("the run has not begun");
    return started;
  }

  WorkflowInfo info() {
    RunEvent.WorkflowStarted s = started();
    return new WorkflowInfo(namespace, workflowId, runId, s.workflowType(), s.queue(), s.runNumber(), s.attempt(),
        s.firstRun(), s.continuedFrom(), s.parent(), startedAt, s.executionDeadline(), s.runDeadline(),
        s.options().header(), Map.copyOf(memo), Map.copyOf(attributes), delivery.length(),
        delivery.length() > 10_000 || delivery.bytes() > 5 * 1024 * 1024);
  }

  // ---- the main program

  void show(RunEvent fact) {
    showing.show(fact);
  }

  void match(Event event) {
    showing.match(event);
  }

  void begin(RunEvent.WorkflowStarted fact) {
    started = fact;
    startedAt = delivery.now();
    attributes.putAll(fact.options().searchAttributes());
    memo.putAll(fact.options().memo());
    spawn("main", root, this::main);
  }

  private void main() {
    try {
      finish(outcome());
    } catch (RunDropped | RunBroken e) {
      throw e;
    } catch (PayloadException e) {
      // A value that this build can't read or write is no fault of the run: it waits for code that can.
      throw broken(new UnreadablePayload("a value of workflow '%s'".formatted(started().workflowType()), e));
    } catch (Error condition) {
      throw broken(brokenBy(condition));
    } catch (Throwable problem) { // user code: any end of it is an outcome
      finish(new Command.FailRun(environment.failures().toFailure(problem), unhandled()));
    }
  }

  /**
   * An Error says something about the code or this process, never about the run: memory that is gone, a class that is
   * missing, a stack that has no end. Another worker may have enough, so the run waits for code, or a process, that can go
   * on, and never fails for want of it.
   */
  private RunBroken brokenBy(Error condition) {
    Failure why = environment.failures().toFailure(condition);
    if (!(condition instanceof VirtualMachineError)) return new RunBroken(why, condition);
    return new RunBroken(
        Failure.of(Failure.POISONED_PROGRAM, why.type() + (why.message().isEmpty() ? "" : ": " + why.message())), condition);
  }

  private Command.Closing outcome() {
    WorkflowDefinition definition = environment.definitions().workflow(started().workflowType());
    if (definition == null) {
      throw broken(new RunBroken(Failure.of("UnknownWorkflowType",
          "this worker serves %s, not '%s'".formatted(environment.definitions().workflowTypes(), started().workflowType()))));
    }
    try {
      Workflow<?, ?> workflow = definition.factory().get();
      definition.handlers().forEach(handler -> handler.registerFor(workflow));
      Type type = definition.input() != null ? definition.input() : WorkflowTypes.inputOf(workflow.getClass());
      Object input = readInput(definition, type);
      Object result = around((interceptor, next) -> interceptor.aroundRun(info(), input, next), () -> run(workflow, input));
      return new Command.CompleteRun(result == null ? null : write(result), unhandled());
    } catch (ContinuesAsNew next) {
      Map<String, Payload> newMemo = new LinkedHashMap<>();
      next.settings.memo().forEach((name, value) -> newMemo.put(name, write(value)));
      return new Command.ContinueAsNew(next.settings.workflowType(), next.settings.queue(),
          next.input == null ? null : write(next.input), newMemo, next.settings.searchAttributes(), signals.left());
    } catch (PawlException e) {
      String reason = root.reason();
      if (reason != null && e.find(CancelledException.class).isPresent()) {
        return new Command.CancelRun(reason, unhandled());
      }
      return new Command.FailRun(environment.failures().toFailure(e), unhandled());
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the definition's input type is that of the workflow
  private static @Nullable Object run(Workflow<?, ?> workflow, @Nullable Object input) throws Exception {
    return ((Workflow<Object, Object>) workflow).run(input);
  }

  private @Nullable Object readInput(WorkflowDefinition definition, Type type) {
    try {
      return argument(started().input(), type);
    } catch (PayloadException e) {
      throw broken(new UnreadablePayload("the input of workflow '%s'".formatted(definition.name()), e));
    }
  }

  private List<String> unhandled() {
    return signals.left().stream().map(RunEvent.SignalReceived::signalId).toList();
  }

  /** The run is to be closed; no user code runs any more. */
  private void finish(Command.Closing closing) {
    if (over) return;
    if (closing instanceof Command.FailRun failed && !delivery.replaying()) {
      LOG.info("workflow {} fails: {}: {}", workflowId, failed.failure().type(), failed.failure().message());
    }
    if (!delivery.replaying()) tellUnseenFailures();
    outbox.add(closing);
    halt();
  }

  /** A part that failed while nobody waited for it must not be lost in silence. */
  private void tellUnseenFailures() {
    for (Deferred<?> async : failedParts) {
      RuntimeException failure = async.unseenFailure();
      if (failure != null) LOG.warn("a part of workflow {} failed and nobody looked at it", workflowId, failure);
    }
  }

  void halt() {
    over = true;
    baton.halt();
    steps.interruptAll();
  }

  boolean isOver() {
    return over;
  }

  // ---- coroutines

  void spawn(String name, RunScope scope, Runnable body) {
    baton.spawn(name, scope, () -> {
      try (var log = bindLog();
          var context = ContextCarrier.restore(environment.carriers(), started().options().header())) {
        body.run();
      }
    });
  }

  <T extends @Nullable Object> Promise<T> async(RunScope scope, Supplier<T> body) {
    mayAct();
    scope.check();
    Deferred<T> result = new Deferred<>(this);
    spawn("async", scope, () -> {
      try {
        T value = body.get();
        result.keep(() -> value);
      } catch (RunDropped | RunBroken e) {
        throw e;
      } catch (RuntimeException e) {
        result.fail(() -> e);
        failedParts.add(result);
      } catch (Error condition) {
        throw broken(brokenBy(condition));
      } catch (Throwable e) { // user code: any end of it is an outcome
        result.fail(() -> environment.failures().toException(environment.failures().toFailure(e)));
        failedParts.add(result);
      }
    });
    return result;
  }

  /** Runs a handler of a message beside everything else. Its failure is the run's. */
  void handler(String name, Runnable body) {
    handlersRunning++;
    spawn(name, root, () -> {
      try {
        body.run();
      } catch (RunDropped | RunBroken e) {
        throw e;
      } catch (PayloadException e) {
        throw broken(new UnreadablePayload(name, e));
      } catch (Error condition) {
        throw broken(brokenBy(condition));
      } catch (CancelledException e) {
        if (!root.isCancelled()) finish(new Command.FailRun(environment.failures().toFailure(e), unhandled()));
      } catch (Throwable problem) { // user code: any end of it is an outcome
        finish(new Command.FailRun(environment.failures().toFailure(problem), unhandled()));
      } finally {
        handlersRunning--;
      }
    });
  }

  boolean handlersDone() {
    return handlersRunning == 0;
  }

  /** Puts all interceptors around a call; problems pass unchanged. */
  @Nullable Object around(Around how, Callable<@Nullable Object> body) {
    Callable<@Nullable Object> call = body;
    List<WorkflowInterceptor> all = environment.interceptors();
    for (int i = all.size() - 1; i >= 0; i--) {
      WorkflowInterceptor interceptor = all.get(i);
      Callable<@Nullable Object> next = call;
      call = () -> how.call(interceptor, next);
    }
    try {
      return call.call();
    } catch (Exception e) {
      throw Sneaky.thrown(e);
    }
  }

  boolean await(BooleanSupplier condition, @Nullable Duration patience) {
    return calls.await(condition, patience);
  }

  // ---- what is allowed

  /** @throws IllegalStateException in code that must only look */
  void mayAct() {
    if (looking != null) {
      throw new IllegalStateException(looking + " must only look: it can't ask for anything, wait, or take numbers");
    }
    baton.current();
    if (broken != null) throw broken;
  }

  void mayBlock() {
    mayAct();
  }

  /** Runs code that must only look. */
  <T extends @Nullable Object> T looking(String who, Supplier<T> body) {
    String before = looking;
    looking = who;
    try {
      return baton.watched(body);
    } finally {
      looking = before;
    }
  }

  // ---- the ends of asks

  void keep(Ask ask, @Nullable Payload result) {
    asks.close(ask);
    ask.promise.keep(() -> result);
  }

  void failStep(Ask ask, Failure failure, int attempts) {
    asks.close(ask);
    steps.over(ask.step);
    ask.promise.fail(() -> environment.failures().activityFailed(ask.name, ask.step, attempts, failure));
  }

  void nameChild(int step, String childId) {
    childIds.put(step, childId);
  }

  String childId(int step) {
    return childIds.getOrDefault(step, runId + "." + step);
  }

  String key(Ask ask) {
    return namespace + "/" + runId + "/" + ask.step + ":" + ask.name;
  }

  Step.Context stepContext(Ask ask, int attempt) {
    return new Step.Context(runId, workflowId, ask.step, ask.name, attempt, key(ask));
  }

  // ---- problems

  /** Remembers why the program can't go on, so that code which swallows it gets no further. */
  RunBroken broken(RunBroken why) {
    if (broken == null) broken = why;
    return broken;
  }

  @Nullable RunBroken broken() {
    return broken;
  }

  RunBroken unrecorded(Command left, long seq) {
    Ask ask = left instanceof Command.OfStep ofStep ? asks.open(ofStep.step()) : null;
    return Divergence.unrecorded(left, ask, seq, whereItWaits());
  }

  /** The user's line where the program stands; null if it has ended. */
  @Nullable String whereItWaits() {
    for (Coroutine coroutine : baton.all()) {
      String line = Source.of(coroutine.thread);
      if (line != null) return line;
    }
    return null;
  }

  // ---- values

  @SuppressWarnings({"unchecked", "NullAway"}) // the caller says the type; whether it allows null nobody can say
  <T extends @Nullable Object> T read(@Nullable Payload payload, Type type) {
    if (payload == null || type == Void.class || type == void.class) return null;
    return (T) environment.converter().fromPayload(payload, type);
  }

  /** What somebody said to the run. */
  @SuppressWarnings({"unchecked", "NullAway"})
  <T extends @Nullable Object> T argument(@Nullable Payload payload, Type type) {
    return (T) Arguments.only(environment.converter(), payload, type);
  }

  Payload write(@Nullable Object value) {
    return environment.converter().toPayload(value, value == null ? Object.class : value.getClass());
  }

  Optional<dev.pawl.protocol.worker.WorkerApi.LocalTransactions> transactions() {
    return link.transactions();
  }

  /** Puts the run's ids into the log's context of the calling thread. */
  Log bindLog() {
    MDC.put("pawl.workflow", workflowId);
    MDC.put("pawl.run", runId.toString());
    return () -> {
      MDC.remove("pawl.workflow");
      MDC.remove("pawl.run");
    };
  }

  /** Takes the run's ids back. */
  interface Log extends AutoCloseable {
    @Override
    void close();
  }
}
