package dev.pawl.sdk.replay;

import dev.pawl.sdk.WorkflowInterceptor;
import dev.pawl.sdk.context.ContextCarrier;
import dev.pawl.sdk.payload.Failures;
import dev.pawl.sdk.payload.PayloadConverter;
import java.time.Duration;
import java.util.List;

/**
 * What all runs of a worker share.
 *
 * @param retryInPlace a longer back-off of a step is a durable timer, and frees the lease
 */
public record ReplayEnvironment(
    Definitions definitions,
    PayloadConverter converter,
    Failures failures,
    List<WorkflowInterceptor> interceptors,
    List<ContextCarrier> carriers,
    Duration retryInPlace) {
  /** The longest back-off that a step waits on its thread, unless said otherwise. */
  public static final Duration RETRY_IN_PLACE = Duration.ofSeconds(10);

  public ReplayEnvironment {
    converter = Bounded.of(converter);
    interceptors = List.copyOf(interceptors);
    carriers = List.copyOf(carriers);
  }

  public ReplayEnvironment(Definitions definitions, PayloadConverter converter) {
    this(definitions, converter, new Failures(converter), List.of(), List.of(), RETRY_IN_PLACE);
  }
}
