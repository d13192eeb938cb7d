package dev.pawl.sdk;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Stands around what the runs of a worker do. Everything but {@link #aroundStep} is workflow code: deterministic, replayed,
 * allowed to use {@link Pawl}.
 *
 * <pre>{@code
 * worker.intercept(new WorkflowInterceptor() {
 *   public Object aroundRun(WorkflowInfo info, Object input, Callable<Object> next) throws Exception {
 *     Pawl.logger().info("{} begins", info.workflowType());
 *     return next.call();
 *   }
 * });
 * }</pre>
 */
public interface WorkflowInterceptor {
  /** Around {@link Workflow#run}. */
  default @Nullable Object aroundRun(WorkflowInfo info, @Nullable Object input, Callable<@Nullable Object> next)
      throws Exception {
    return next.call();
  }

  /** Around a signal's handler. */
  default @Nullable Object aroundSignal(String name, @Nullable Object input, Callable<@Nullable Object> next)
      throws Exception {
    return next.call();
  }

  /** Around an update's handler, after its validator. */
  default @Nullable Object aroundUpdate(String name, @Nullable Object input, Callable<@Nullable Object> next)
      throws Exception {
    return next.call();
  }

  /**
   * Around each attempt of a step's body: outside of the workflow, any I/O is allowed. Around a transactional step it stands
   * outside of the transaction: when {@code next} returns, the work is committed.
   */
  default @Nullable Object aroundStep(Step.Context step, Callable<@Nullable Object> next) throws Exception {
    return next.call();
  }
}
