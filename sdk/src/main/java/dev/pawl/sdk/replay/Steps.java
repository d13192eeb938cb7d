package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.sdk.CurrentRun;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.StepSettings;
import dev.pawl.sdk.Verdict;
import dev.pawl.sdk.WorkflowRuntime;
import dev.pawl.sdk.context.ContextCarrier;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bodies of steps: which wait for their turn, which run, which ended and were not shown yet. Everything but the bodies
 * themselves happens under the baton.
 */
final class Steps {
  private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

  /** Makes the result; outside of the workflow, any I/O is allowed. */
  @FunctionalInterface
  interface Work {
    Payload run() throws Exception;
  }

  /** One step that is not over. */
  private static final class Body {
    final Ask ask;
    final StepSettings settings;
    final Type type;
    final Work work;
    int attempt = 1;
    boolean startRecorded;
    boolean unsure;
    volatile @Nullable Thread thread;

    Body(Ask ask, StepSettings settings, Type type, Work work) {
      this.ask = ask;
      this.settings = settings;
      this.type = type;
      this.work = work;
    }
  }

  /** @param retryIn not null: the attempt failed and the next one is far away */
  private record Finished(Body body, Outcome outcome, int attempts, @Nullable Duration retryIn) {}

  private final RunRuntime run;
  private final Map<Integer, Body> open = new LinkedHashMap<>();
  private final Map<Integer, Body> pending = new LinkedHashMap<>();
  /** Concurrent only because a run may be dropped by a thread that has no baton. */
  private final Map<Integer, Body> running = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Finished> finished = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Thread waiter;

  Steps(RunRuntime run) {
    this.run = run;
  }

  void add(Ask ask, StepSettings settings, Type type, Work work) {
    Body body = new Body(ask, settings, type, work);
    open.put(ask.step, body);
    pending.put(ask.step, body);
  }

  boolean hasPending() {
    return !pending.isEmpty();
  }

  boolean hasRunning() {
    return !running.isEmpty();
  }

  boolean hasFinished() {
    return !finished.isEmpty();
  }

  // ---- what history says

  void started(int step) {
    Body body = open.get(step);
    if (body == null) return;
    body.startRecorded = true;
    body.unsure = true;
  }

  void retryScheduled(int step, int attempts) {
    pending.remove(step);
    Body body = open.get(step);
    if (body == null) return;
    body.attempt = attempts + 1;
    body.unsure = true;
  }

  /** The timer of a durable back-off fired. */
  void due(int step) {
    Body body = open.get(step);
    if (body != null && !body.ask.cancelled) pending.put(step, body);
  }

  void over(int step) {
    pending.remove(step);
    open.remove(step);
  }

  /** @return whether a durable timer has to be taken back */
  boolean cancel(int step) {
    boolean began = pending.remove(step) == null;
    open.remove(step);
    Body body = running.remove(step);
    if (body == null) return began;
    Thread thread = body.thread;
    if (thread != null) thread.interrupt();
    return false;
  }

  // ---- running

  /** Says that verifiable steps are about to begin. @return whether there is anything to say first */
  boolean announce(Outbox outbox) {
    boolean said = false;
    for (Body body : pending.values()) {
      if (body.settings.verify() == null || body.startRecorded) continue;
      body.startRecorded = true;
      outbox.add(new Command.StartStep(body.ask.step, body.ask.name));
      said = true;
    }
    return said;
  }

  /** Starts everything that waits. A body that is alone runs on the calling thread, which has nothing else to do. */
  void start(boolean alone) {
    List<Body> all = new ArrayList<>(pending.values());
    pending.clear();
    boolean inline = alone && all.size() == 1 && running.isEmpty();
    for (Body body : all) running.put(body.ask.step, body);
    if (inline) {
      here(all.get(0));
    } else {
      for (Body body : all) beside(body, Duration.ZERO);
    }
  }

  private void here(Body body) {
    WorkflowRuntime before = CurrentRun.bind(null);
    body.thread = Thread.currentThread();
    try {
      Duration again = attempt(body);
      if (again != null) beside(body, again);
    } finally {
      body.thread = null;
      CurrentRun.bind(before);
    }
    // An interrupt that came for the body must not hit whatever blocks next on this thread.
    Thread.interrupted();
  }

  private void beside(Body body, Duration first) {
    Thread thread = Thread.ofVirtual().name("pawl-step-" + body.ask.name).unstarted(() -> {
      Duration wait = first;
      try (var context = run.bindLog()) {
        while (wait != null) {
          if (!wait.isZero()) Thread.sleep(wait);
          wait = attempt(body);
        }
      } catch (InterruptedException dropped) {
        // cancelled or dropped while it waited: nobody wants to know
      }
    });
    body.thread = thread;
    thread.start();
  }

  /** Runs one attempt. @return how long to wait before the next one; null: there is none, or it is far away */
  private @Nullable Duration attempt(Body body) {
    Step.Context context = run.stepContext(body.ask, body.attempt);
    Step.bind(context);
    Outcome outcome;
    try (var restored = ContextCarrier.restore(run.environment().carriers(), run.started().options().header())) {
      outcome = verified(body, context);
    } catch (Throwable problem) { // user code: any end of it is an outcome
      outcome = Outcome.failed(run.environment().failures().toFailure(problem));
    } finally {
      Step.bind(null);
    }
    int attempts = body.attempt;
    if (outcome instanceof Outcome.Failed failed) {
      Optional<Duration> wait = nextWait(body, failed.failure());
      if (wait.isPresent()) {
        body.attempt++;
        body.unsure = true;
        LOG.warn("attempt {} of step {} failed, the next one comes in {}: {}: {}", attempts, run.key(body.ask), wait.get(),
            failed.failure().type(), failed.failure().message());
        if (wait.get().compareTo(run.environment().retryInPlace()) <= 0) return wait.get();
        finish(new Finished(body, outcome, attempts, wait.get()));
        return null;
      }
    }
    finish(new Finished(body, outcome, attempts, null));
    return null;
  }

  private Outcome verified(Body body, Step.Context context) throws Exception {
    var verify = body.settings.verify();
    if (verify != null && body.unsure) {
      switch (verify.apply(context.idempotencyKey())) {
        case Verdict.Did<?> did -> {
          return Outcome.success(run.environment().converter().toPayload(did.result(), body.type));
        }
        case Verdict.Unknown<?> unknown -> {
          return Outcome.failed(Failure.of("OutcomeUnknown", unknown.why()));
        }
        case Verdict.DidNot<?> didNot -> {}
      }
    }
    return Outcome.success(body.work.run());
  }

  private Optional<Duration> nextWait(Body body, Failure failure) {
    Instant zero = Instant.EPOCH;
    return body.settings.retry().policy()
        .next(body.attempt, failure, run.key(body.ask), zero, null)
        .map(due -> Duration.between(zero, due));
  }

  private void finish(Finished end) {
    finished.add(end);
    Thread thread = waiter;
    if (thread != null) LockSupport.unpark(thread);
  }

  /** Waits until a body ends, or somebody unparks the thread, or the time is over. */
  void awaitAny(Duration patience) {
    waiter = Thread.currentThread();
    try {
      if (finished.isEmpty() && !run.baton().isDropped()) LockSupport.parkNanos(this, patience.toNanos());
    } finally {
      waiter = null;
    }
  }

  /** Ends {@link #awaitAny} early. */
  void wake() {
    Thread thread = waiter;
    if (thread != null) LockSupport.unpark(thread);
  }

  /** Shows the end of one body. @return false if none ended */
  boolean showOne(Outbox outbox) {
    Finished end = finished.poll();
    if (end == null) return false;
    Body body = end.body;
    int step = body.ask.step;
    if (running.remove(step) == null) return true; // cancelled meanwhile
    if (end.retryIn != null) {
      Failure failure = ((Outcome.Failed) end.outcome).failure();
      outbox.add(new Command.RetryStep(step, body.ask.name, failure, end.attempts, end.retryIn));
      return true;
    }
    outbox.add(new Command.RecordStep(step, body.ask.name, end.outcome, end.attempts));
    switch (end.outcome) {
      case Outcome.Success success -> run.keep(body.ask, success.result());
      case Outcome.Failed failed -> run.failStep(body.ask, failed.failure(), end.attempts);
    }
    return true;
  }

  /** The run is dropped: whatever still runs is told. */
  void interruptAll() {
    for (Body body : List.copyOf(running.values())) {
      Thread thread = body.thread;
      if (thread != null) thread.interrupt();
    }
  }
}
