package dev.pawl.sdk.replay;

import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Scope;
import dev.pawl.sdk.failure.CancelledException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A scope of one run. */
final class RunScope implements Scope {
  private final RunRuntime run;
  private final Set<RunScope> below = new LinkedHashSet<>();
  private final Set<Runnable> open = new LinkedHashSet<>();
  private final Set<Coroutine> waiting = new LinkedHashSet<>();
  private @Nullable String reason;

  /** @param above null: detached, or the root */
  RunScope(RunRuntime run, @Nullable RunScope above) {
    this.run = run;
    if (above == null) return;
    above.below.add(this);
    this.reason = above.reason;
  }

  @Override
  public void run(Runnable body) {
    call(() -> {
      body.run();
      return true;
    });
  }

  @Override
  public <T extends @Nullable Object> T call(Supplier<T> body) {
    Coroutine self = run.baton().current();
    RunScope before = self.scope;
    self.scope = this;
    try {
      return body.get();
    } finally {
      self.scope = before;
    }
  }

  @Override
  public <T extends @Nullable Object> Promise<T> async(Supplier<T> body) {
    return run.async(this, body);
  }

  @Override
  public void cancel(String why) {
    if (reason != null) return;
    reason = why;
    for (Runnable cancellation : List.copyOf(open)) cancellation.run();
    open.clear();
    for (RunScope scope : List.copyOf(below)) scope.cancel(why);
    for (Coroutine coroutine : new ArrayList<>(waiting)) run.baton().ready(coroutine);
  }

  @Override
  public boolean isCancelled() {
    return reason != null;
  }

  @Override
  public @Nullable String reason() {
    return reason;
  }

  void check() {
    if (reason != null) throw new CancelledException(reason);
  }

  /** Called once when the scope is cancelled, in the order of the calls. */
  void onCancel(Runnable cancellation) {
    open.add(cancellation);
  }

  void forget(Runnable cancellation) {
    open.remove(cancellation);
  }

  void addWaiting(Coroutine coroutine) {
    waiting.add(coroutine);
  }

  void removeWaiting(Coroutine coroutine) {
    waiting.remove(coroutine);
  }
}
