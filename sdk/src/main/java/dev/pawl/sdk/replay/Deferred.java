package dev.pawl.sdk.replay;

import dev.pawl.sdk.Promise;
import dev.pawl.sdk.WaitTimedOutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A promise of one run. Touched only by the holder of the baton. */
final class Deferred<T extends @Nullable Object> implements Promise<T> {
  private final RunRuntime run;
  private final List<Coroutine> waiting = new ArrayList<>(1);
  private final List<Runnable> listeners = new ArrayList<>(0);
  private boolean patient;
  private boolean observed;
  private @Nullable Supplier<? extends T> value;
  private @Nullable Supplier<? extends RuntimeException> failure;

  Deferred(RunRuntime run) {
    this.run = run;
  }

  /** It ends by itself when its scope is cancelled, and whoever waits for it waits for that end. */
  Deferred<T> patient() {
    patient = true;
    return this;
  }

  /** Keeps it. The value is made where somebody asks for it, so that a problem in reading it shows up there. */
  void keep(Supplier<? extends T> with) {
    if (isDone()) return;
    value = with;
    done();
  }

  /** Breaks it. The exception is made anew for each who asks, so that its stack trace leads to them. */
  void fail(Supplier<? extends RuntimeException> with) {
    if (isDone()) return;
    failure = with;
    done();
  }

  private void done() {
    for (Coroutine coroutine : waiting) run.baton().ready(coroutine);
    waiting.clear();
    for (Runnable listener : List.copyOf(listeners)) listener.run();
    listeners.clear();
  }

  /** Called at once if it is done. Must not run user code. */
  void whenDone(Runnable listener) {
    observed = true;
    if (isDone()) listener.run();
    else listeners.add(listener);
  }

  void follow(Deferred<? extends T> other) {
    other.whenDone(() -> {
      if (other.failure != null) fail(other.failure);
      else keep(other::valueNow);
    });
  }

  @Override
  public T get() {
    if (!isDone()) await();
    return valueNow();
  }

  @Override
  public T get(Duration patience) {
    if (!isDone() && !run.await(this::isDone, patience)) throw new WaitTimedOutException(patience);
    return valueNow();
  }

  private void await() {
    run.mayBlock();
    Coroutine self = run.baton().current();
    RunScope scope = self.scope;
    if (!patient) scope.check();
    scope.addWaiting(self);
    try {
      while (!isDone()) {
        waiting.add(self);
        run.baton().block();
        waiting.remove(self);
        if (!isDone() && !patient) scope.check();
      }
    } finally {
      scope.removeWaiting(self);
    }
  }

  T valueNow() {
    observed = true;
    if (failure != null) throw failure.get();
    if (value == null) throw new IllegalStateException("not there yet");
    return value.get();
  }

  @Override
  public boolean isDone() {
    return value != null || failure != null;
  }

  @Override
  public boolean isFailed() {
    observed = true;
    return failure != null;
  }

  /** What it failed with, if nobody ever looked; null otherwise. */
  @Nullable RuntimeException unseenFailure() {
    return failure == null || observed ? null : failure.get();
  }
}
