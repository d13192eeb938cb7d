package dev.pawl.sdk.worker;

import dev.pawl.sdk.ActivityContext;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Stands around every attempt of every activity of a worker: metrics, transactions, security.
 *
 * <pre>{@code
 * worker.intercept((context, arguments, next) -> {
 *   try (var timer = timers.start(context.task().activityType())) { return next.call(); }
 * });
 * }</pre>
 */
@FunctionalInterface
public interface ActivityInterceptor {
  /** @param next goes on; what it gives or throws is what the activity gives or throws */
  @Nullable Object around(ActivityContext context, @Nullable Object[] arguments, Callable<@Nullable Object> next)
      throws Exception;
}
