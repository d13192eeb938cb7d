package dev.pawl.examples.order;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.Saga;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.Workflow;
import java.time.Duration;

// tag::workflow[]
/** Reserves, charges, ships; takes back what it did if a later part fails. */
public final class OrderWorkflow implements Workflow<Order, Receipt> {
  private final Stock stock;
  // tag::stubs[]
  private final PaymentActivities payments = Activities.stub(PaymentActivities.class,
      opts -> opts.startToClose(Duration.ofSeconds(30)).retry(Retry.exponential().except("CardDeclined")));
  private final ShippingActivities shipping = Activities.stub(ShippingActivities.class,
      opts -> opts.startToClose(Duration.ofMinutes(2)).retry(Retry.exponential().attempts(5)));
  // end::stubs[]

  public OrderWorkflow(Stock stock) {
    this.stock = stock;
  }

  @Override
  public Receipt run(Order order) {
    return Saga.run(saga -> {
      String reservation = Pawl.step("reserve", () -> stock.reserve(order, Step.context().idempotencyKey()));
      saga.onFailure(() -> Pawl.step("release", () -> stock.release(reservation)));

      String charge = payments.charge(order.id(), order.cents());
      saga.onFailure(() -> payments.refund(charge));

      String tracking = shipping.ship(order.id(), order.item());
      return new Receipt(order.id(), charge, tracking);
    });
  }
}
// end::workflow[]
