package dev.pawl.testkit;

import dev.pawl.sdk.ActivityContext;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.WorkflowInterceptor;
import dev.pawl.sdk.worker.ActivityInterceptor;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The user code outside of workflows that runs on one worker now. Once the worker has crashed none begins any more. */
final class Bodies implements ActivityInterceptor, WorkflowInterceptor {
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final WorkerLink link;

  Bodies(WorkerLink link) {
    this.link = link;
  }

  @Override
  public @Nullable Object around(ActivityContext context, @Nullable Object[] arguments, Callable<@Nullable Object> next)
      throws Exception {
    return run(next);
  }

  @Override
  public @Nullable Object aroundStep(Step.Context step, Callable<@Nullable Object> next) throws Exception {
    return run(next);
  }

  private @Nullable Object run(Callable<@Nullable Object> next) throws Exception {
    Thread self = Thread.currentThread();
    running.add(self);
    try {
      if (link.isCut()) throw new WorkerCrash();
      return next.call();
    } finally {
      running.remove(self);
    }
  }

  boolean isOnThisThread() {
    return running.contains(Thread.currentThread());
  }

  /** Whether something runs here besides the calling thread. */
  boolean isBusy() {
    return running.stream().anyMatch(thread -> thread != Thread.currentThread());
  }
}
