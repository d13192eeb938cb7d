package dev.pawl.examples.tenant;

import dev.pawl.sdk.Step;
import dev.pawl.sdk.WorkflowInterceptor;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

// tag::interceptor[]
/** Says which step ran for whom, and whether it worked. */
public final class StepLog implements WorkflowInterceptor {
  private final Consumer<String> log;

  public StepLog(Consumer<String> log) {
    this.log = log;
  }

  @Override
  public @Nullable Object aroundStep(Step.Context step, Callable<@Nullable Object> next) throws Exception {
    String what = "%s of %s, attempt %d".formatted(step.name(), Tenant.current(), step.attempt());
    try {
      Object result = next.call();
      log.accept(what + ": done");
      return result;
    } catch (Exception problem) {
      log.accept(what + ": " + problem.getMessage());
      throw problem;
    }
  }
}
// end::interceptor[]
