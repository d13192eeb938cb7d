package dev.pawl.sdk.client;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.sdk.SignalProxy;
import dev.pawl.sdk.TypeRef;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One workflow, from outside: the chain of runs of a workflow id, or one run of it.
 *
 * <pre>{@code
 * WorkflowHandle order = client.handle("order-42");
 * Status status = order.query("status", Status.class);
 * Receipt receipt = order.result(Receipt.class, Duration.ofMinutes(1));
 * }</pre>
 */
public final class WorkflowHandle {
  private static final Duration LOOK = Duration.ofSeconds(30);

  /** Pause between two looks for a run whose start is still under way. */
  private static final Duration DELIVERY = Duration.ofMillis(100);

  private final PawlClient client;
  private final RunRef ref;
  private final @Nullable RunId started;
  private final boolean onItsWay;

  WorkflowHandle(PawlClient client, RunRef ref, @Nullable RunId started) {
    this(client, ref, started, false);
  }

  private WorkflowHandle(PawlClient client, RunRef ref, @Nullable RunId started, boolean onItsWay) {
    this.client = client;
    this.ref = ref;
    this.started = started;
    this.onItsWay = onItsWay;
  }

  /** A workflow whose start is delivered when somebody's transaction has committed. */
  static WorkflowHandle onItsWay(PawlClient client, RunRef ref) {
    return new WorkflowHandle(client, ref, null, true);
  }

  /** Whose handle this is. */
  public String workflowId() {
    return ref.workflowId();
  }

  RunRef ref() {
    return ref;
  }

  /** The run that the start brought about or found, or that the handle was made for; null otherwise. */
  public @Nullable RunId run() {
    return started;
  }

  // ---- the result

  /** Waits for the result, over continue-as-new, as long as it takes. @throws WorkflowFailedException if there is none */
  public <T extends @Nullable Object> T result(Class<T> type) {
    return awaitResult(type, null);
  }

  /** Waits for the result. Too long: {@code WAIT_TIMED_OUT}. */
  public <T extends @Nullable Object> T result(Class<T> type, Duration patience) {
    return awaitResult(type, patience);
  }

  /** Waits for a result of a generic type. Too long: {@code WAIT_TIMED_OUT}. */
  public <T extends @Nullable Object> T result(TypeRef<T> type, Duration patience) {
    return awaitResult(type.type(), patience);
  }

  private <T extends @Nullable Object> T awaitResult(Type type, @Nullable Duration patience) {
    ControlApi.RunResult end = awaitEnd(patience);
    if (end.outcome() instanceof Outcome.Success success) return read(success.result(), type);
    throw new WorkflowFailedException(workflowId(), end.run(), end.status(), ((Outcome.Failed) end.outcome()).failure());
  }

  private ControlApi.RunResult awaitEnd(@Nullable Duration patience) {
    long deadline = patience == null ? Long.MAX_VALUE : System.nanoTime() + patience.toNanos();
    long bornBy = System.nanoTime() + LOOK.toNanos();
    while (true) {
      Duration left = patience == null ? LOOK : Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      Duration wait = left.compareTo(LOOK) < 0 ? left : LOOK;
      try {
        return client.control().awaitResult(ref, wait);
      } catch (RejectedException e) {
        boolean again = e.code() == Rejection.Code.WAIT_TIMED_OUT && (patience == null || left.compareTo(LOOK) > 0);
        boolean unborn = onItsWay && e.code() == Rejection.Code.RUN_NOT_FOUND
            && bornBy - System.nanoTime() > 0 && !left.isZero();
        if (unborn) LockSupport.parkNanos(DELIVERY.toNanos());
        else if (!again) throw e;
      }
    }
  }

  /** How it stands, without waiting. */
  public RunStatus status() {
    return describe().status();
  }

  // ---- talking

  /** Signals it: durable when this returns. */
  public void signal(String name, @Nullable Object input) {
    client.control().signal(ref, client.message(null, name, input));
  }

  /** Signals it idempotently. @return false if this id was received before */
  public boolean signal(String signalId, String name, @Nullable Object input) {
    return client.control().signal(ref, client.message(signalId, name, input));
  }

  /** It with types: each method of the interface is the signal of its name, with at most one argument. */
  public <S> S as(Class<S> signals) {
    return SignalProxy.of(signals, this::signal);
  }

  /** Asks it something; changes nothing, works after the end too. */
  public <R extends @Nullable Object> R query(String name, Class<R> result) {
    return read(client.control().query(ref, client.message(null, name, null), LOOK), result);
  }

  /** Asks it something with an argument. */
  public <R extends @Nullable Object> R query(String name, Class<R> result, @Nullable Object argument) {
    return read(client.control().query(ref, client.message(null, name, argument), LOOK), result);
  }

  /**
   * Sends an update and waits for its result. A validator's no is a rejection {@code UPDATE_REJECTED}.
   *
   * @throws WorkflowFailedException if the handler failed
   */
  public <R extends @Nullable Object> R update(String name, Class<R> result, @Nullable Object argument) {
    return awaitUpdate(startUpdate(null, name, argument), result, Duration.ofMinutes(5));
  }

  /** Sends an update: durable when this returns. @param updateId makes it idempotent; null: made up @return its id */
  public String startUpdate(@Nullable String updateId, String name, @Nullable Object argument) {
    return client.control().update(ref, client.message(updateId, name, argument));
  }

  /** Waits for the result of an update. Too long: {@code WAIT_TIMED_OUT}. */
  public <R extends @Nullable Object> R awaitUpdate(String updateId, Class<R> result, Duration patience) {
    Outcome outcome = client.control().awaitUpdate(ref, updateId, patience);
    if (outcome instanceof Outcome.Success success) return read(success.result(), result);
    throw new WorkflowFailedException(workflowId(), started, null, ((Outcome.Failed) outcome).failure());
  }

  // ---- steering

  /** Asks it to stop; it may clean up, or refuse. */
  public void cancel(String reason) {
    client.control().cancel(ref, reason, null);
  }

  /** Stops it at once, without a word to the program. */
  public void terminate(String reason) {
    client.control().terminate(ref, reason, null);
  }

  /** Hands it to nobody until it is resumed. */
  public void pause(String reason) {
    client.control().pause(ref, reason, null);
  }

  /** Lets a paused one go on. */
  public void resume(String reason) {
    client.control().resume(ref, reason, null);
  }

  /** Makes a blocked run ready again, for example after a deploy. */
  public void unblock(String reason) {
    client.control().unblock(ref, reason);
  }

  /** Starts over from the events 1 to {@code toSeq} in a new run. */
  public WorkflowHandle reset(long toSeq, String reason) {
    RunId run = client.control().reset(ref, toSeq, reason, null);
    return client.handle(workflowId(), run);
  }

  /** Erases it, once it is closed. */
  public void delete() {
    client.control().delete(ref);
  }

  // ---- looking

  /** Everything about the run but its history. */
  public ControlApi.RunView describe() {
    return client.control().describe(ref);
  }

  /** Why it is not moving, in sentences. */
  public ControlApi.Explanation explain() {
    return client.control().explain(ref);
  }

  /** What workers reported on it after they had lost their lease: kept, never applied. Newest first. */
  public List<ControlApi.LateReport> lateReports(int limit) {
    return client.control().lateReports(ref, limit);
  }

  /** Its ledger: grants that ended badly, what operators did. */
  public List<ControlApi.LedgerLine> ledger(int limit) {
    return client.control().ledger(ref, limit);
  }

  /** Its whole history. */
  public List<Event> history() {
    List<Event> all = new java.util.ArrayList<>();
    while (true) {
      long after = all.isEmpty() ? 0 : all.get(all.size() - 1).seq();
      List<Event> page = client.control().history(ref, after, 1000, Duration.ZERO);
      if (page.isEmpty()) return all;
      all.addAll(page);
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // a type may allow null or not; the reader's Class says nothing about it
  private <T extends @Nullable Object> T read(Payload payload, Type type) {
    return (T) client.converter().fromPayload(payload, type);
  }

  @Override
  public String toString() {
    return started == null ? workflowId() : workflowId() + " (" + started + ")";
  }
}
