package dev.pawl.sdk.worker;

import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.payload.PayloadConverter;

/**
 * Runs workflows and activities.
 *
 * <pre>{@code
 * try (Worker worker = Worker.on(engine.worker(), converter)
 *     .queue("orders")
 *     .workflow("order", OrderWorkflow::new)
 *     .activities("payments", PaymentActivities.class, new StripePayments())
 *     .start()) {
 *   ...
 * }
 * }</pre>
 */
public final class Worker implements AutoCloseable {
  private Worker() {}

  /** Begins to put a worker together. */
  public static WorkerBuilder on(WorkerApi api, PayloadConverter converter) {
    return new WorkerBuilder(api, converter);
  }

  static Worker start(WorkerBuilder with) {
    throw new UnsupportedOperationException("the worker lands in the next commit");
  }

  /** Stops taking work, lets what runs finish, gives back the rest. */
  @Override
  public void close() {}
}
