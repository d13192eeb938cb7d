package dev.pawl.sdk;

import dev.pawl.sdk.failure.CancelledException;
import org.jspecify.annotations.Nullable;

/**
 * A durable program: plain Java that goes on where it was after any crash.
 *
 * <pre>{@code
 * public final class OrderWorkflow implements Workflow<Order, Receipt> {
 *   private final PaymentActivities payments =
 *       Activities.stub(PaymentActivities.class, opts -> opts.startToClose(Duration.ofSeconds(30)));
 *
 *   public Receipt run(Order order) {
 *     var reserved = Pawl.step("reserve", () -> stock.reserve(order));
 *     var charged = payments.charge(order.total());
 *     return new Receipt(order.id(), charged.reference());
 *   }
 * }
 * }</pre>
 *
 * <p>One object is made per run, so fields are the run's own state. When a worker takes a run over it calls {@code run}
 * again from the top and answers every call of {@link Pawl} from history, so the code between those calls must be
 * deterministic: no clock but {@link Pawl#now}, no randomness but {@link Pawl#random}, no I/O outside of
 * {@link Pawl#step} and activities.
 *
 * @param <I> input; a record or any other type that the payload converter knows
 * @param <O> result; {@link Void} for none
 */
@FunctionalInterface
public interface Workflow<I extends @Nullable Object, O extends @Nullable Object> {
  /**
   * The program. Its result closes the run as completed; an exception closes it as failed; {@link CancelledException}
   * after a request to cancel closes it as cancelled. An {@link Error} closes nothing: the run waits, and is blocked in the
   * end, until the code or the process is good.
   */
  O run(I input) throws Exception;
}
