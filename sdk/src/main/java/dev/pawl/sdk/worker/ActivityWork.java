package dev.pawl.sdk.worker;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.Activity;
import dev.pawl.sdk.Verdict;
import dev.pawl.sdk.context.ContextCarrier;
import dev.pawl.sdk.failure.CancelledException;
import dev.pawl.sdk.payload.Failures;
import dev.pawl.sdk.payload.PayloadConverter;
import dev.pawl.sdk.replay.Arguments;
import dev.pawl.sdk.replay.Bounded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The activities that run here, each attempt on a virtual thread of its own. */
final class ActivityWork {
  private static final Logger LOG = LoggerFactory.getLogger(ActivityWork.class);

  private final WorkerApi api;
  private final PayloadConverter converter;
  private final Failures failures;
  private final Map<String, ActivityDefinition> definitions;
  private final List<ActivityInterceptor> interceptors;
  private final List<ContextCarrier> carriers;
  private final Consumer<TaskToken> onLeaseLost;
  private final Predicate<SessionId> sessionGood;
  private final Runnable beatSoon;
  private final Runnable beatNow;
  private final Semaphore places;
  private final Map<TaskToken, RunningActivity> running = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  ActivityWork(WorkerBuilder with, Failures failures, Predicate<SessionId> sessionGood, Runnable beatSoon,
      Runnable beatNow) {
    this.api = with.api;
    this.converter = Bounded.of(with.converter);
    this.failures = failures;
    this.definitions = Map.copyOf(with.activities);
    this.interceptors = List.copyOf(with.activityInterceptors);
    this.carriers = List.copyOf(with.carriers);
    this.onLeaseLost = with.settings::tellLost;
    this.sessionGood = sessionGood;
    this.beatSoon = beatSoon;
    this.beatNow = beatNow;
    this.places = new Semaphore(with.settings.activities);
  }

  Semaphore places() {
    return places;
  }

  /** Runs a granted attempt; its place is taken. */
  void granted(ActivityTask task, SessionId session) {
    RunningActivity activity = new RunningActivity(task, session, converter, beatSoon);
    if (stopping) {
      giveBack(activity);
      places.release();
      return;
    }
    running.put(task.token(), activity);
    Thread.ofVirtual().name("pawl-activity-" + task.activityType()).start(() -> {
      try {
        attempt(activity);
      } finally {
        running.remove(activity.token());
        places.release();
      }
    });
  }

  private void attempt(RunningActivity activity) {
    Outcome outcome = null;
    boolean cancelled = false;
    try {
      Payload result = run(activity);
      if (result != null) outcome = Outcome.success(result);
    } catch (CancelledException e) {
      cancelled = activity.isCancelled();
      outcome = Outcome.failed(failures.toFailure(e));
    } catch (Throwable problem) { // user code: any end of it is an outcome
      cancelled = activity.isCancelled() && problem instanceof InterruptedException;
      outcome = Outcome.failed(failures.toFailure(problem));
    }
    activity.leaves();
    Thread.interrupted(); // it was for the work, not for the report
    if (activity.isLost()) {
      LOG.info("activity {} lost its lease; its outcome is not reported", activity.token());
      return;
    }
    // The next attempt must find what this one said last.
    if (outcome instanceof Outcome.Failed && activity.hasNews()) beatNow.run();
    if (outcome instanceof Outcome.Failed failed && !cancelled) {
      LOG.warn("attempt {} of activity {} failed: {}: {}", activity.attempt(), activity.idempotencyKey(),
          failed.failure().type(), failed.failure().message());
    }
    report(activity, outcome, cancelled);
  }

  private void report(RunningActivity activity, @Nullable Outcome outcome, boolean cancelled) {
    TaskToken token = activity.token();
    SessionId session = activity.session();
    try {
      Persistence.insist(() -> {
        if (outcome == null) api.leaveActivity(token, session);
        else if (cancelled) api.cancelledActivity(token, session, null);
        else api.completeActivity(token, session, outcome);
        return true;
      }, () -> sessionGood.test(session) && !activity.isLost());
    } catch (RejectedException e) {
      reportRefused(activity, outcome, e);
    } catch (Persistence.Abandoned e) {
      LOG.warn("the outcome of activity {} could not be reported: {}", token, String.valueOf(e.getCause()));
    }
  }

  private void reportRefused(RunningActivity activity, @Nullable Outcome outcome, RejectedException no) {
    switch (no.code()) {
      case PAYLOAD_TOO_LARGE, INVALID_ARGUMENT, LIMIT_EXCEEDED -> {
        // The engine will never take it: the attempt has failed, and why is told instead.
        Failure why = Failure.of(Failure.PAYLOAD_TOO_LARGE, String.valueOf(no.getMessage())).asNonRetryable();
        if (outcome instanceof Outcome.Success) report(activity, Outcome.failed(why), false);
        else LOG.error("the failure of activity {} was refused: {}", activity.token(), no.getMessage());
      }
      default -> LOG.info("activity {} came too late: {}", activity.token(), no.getMessage());
    }
  }

  /** @return null: somebody else completes it */
  private @Nullable Payload run(RunningActivity activity) throws Exception {
    ActivityTask task = activity.task();
    ActivityDefinition definition = definitions.get(task.activityType());
    if (definition == null) {
      throw new IllegalStateException(
          "this worker serves %s, not '%s'".formatted(definitions.keySet(), task.activityType()));
    }
    activity.runsOn(Thread.currentThread());
    Activity.bind(activity);
    try (var log = bindLog(task); var context = ContextCarrier.restore(carriers, task.header())) {
      Verdict<?> verdict = verify(task, definition);
      if (verdict instanceof Verdict.Did<?> did) return write(did.result());
      if (verdict instanceof Verdict.Unknown<?> unknown) {
        throw dev.pawl.sdk.failure.ApplicationException.of("OutcomeUnknown", unknown.why());
      }
      @Nullable Object[] arguments = Arguments.read(converter, task.input(), definition.parameters());
      Object result = intercepted(activity, arguments, () -> body(definition, arguments));
      return activity.isLater() ? null : write(result);
    } finally {
      Activity.bind(null);
    }
  }

  private static @Nullable Verdict<?> verify(ActivityTask task, ActivityDefinition definition) {
    var hook = definition.verify();
    return hook == null || !task.ambiguous() ? null : hook.apply(task.idempotencyKey());
  }

  private @Nullable Object intercepted(
      RunningActivity activity, @Nullable Object[] arguments, Callable<@Nullable Object> body) throws Exception {
    Callable<@Nullable Object> call = body;
    for (int i = interceptors.size() - 1; i >= 0; i--) {
      ActivityInterceptor interceptor = interceptors.get(i);
      Callable<@Nullable Object> next = call;
      call = () -> interceptor.around(activity, arguments, next);
    }
    return call.call();
  }

  private static @Nullable Object body(ActivityDefinition definition, @Nullable Object[] arguments) throws Exception {
    try {
      return definition.body().run(arguments);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable strange) {
      throw new IllegalStateException(strange);
    }
  }

  private Payload write(@Nullable Object value) {
    return converter.toPayload(value, value == null ? Object.class : value.getClass());
  }

  private static Log bindLog(ActivityTask task) {
    MDC.put("pawl.workflow", task.workflowId());
    MDC.put("pawl.run", task.id().run().toString());
    MDC.put("pawl.activity", task.activityType());
    return () -> {
      MDC.remove("pawl.workflow");
      MDC.remove("pawl.run");
      MDC.remove("pawl.activity");
    };
  }

  private interface Log extends AutoCloseable {
    @Override
    void close();
  }

  // ---- the session's side

  List<TaskToken> holding() {
    return List.copyOf(running.keySet());
  }

  List<WorkerApi.ActivityBeat> progress() {
    List<WorkerApi.ActivityBeat> news = new ArrayList<>();
    for (RunningActivity activity : running.values()) {
      WorkerApi.ActivityBeat beat = activity.takeNews();
      if (beat != null) news.add(beat);
    }
    return news;
  }

  void untold(List<WorkerApi.ActivityBeat> progress) {
    for (WorkerApi.ActivityBeat beat : progress) {
      RunningActivity activity = running.get(beat.token());
      if (activity != null) activity.untold();
    }
  }

  void lost(Set<TaskToken> tokens) {
    for (TaskToken token : tokens) {
      RunningActivity activity = running.get(token);
      if (activity == null) continue;
      activity.leaseLost();
      onLeaseLost.accept(token);
    }
  }

  void cancel(Set<TaskToken> tokens) {
    for (TaskToken token : tokens) {
      RunningActivity activity = running.get(token);
      if (activity != null) activity.cancel();
    }
  }

  void stopAll() {
    lost(Set.copyOf(running.keySet()));
  }

  int runningCount() {
    return running.size();
  }

  int leakedCount() {
    return (int) running.values().stream().filter(activity -> activity.isLost() || activity.isCancelled()).count();
  }

  void stop() {
    stopping = true;
  }

  private void giveBack(RunningActivity activity) {
    try {
      api.releaseActivity(activity.token(), activity.session());
    } catch (RuntimeException e) {
      LOG.debug("could not give back {}: {}", activity.token(), e.getMessage());
    }
  }
}
