package dev.pawl.examples.demo;

import dev.pawl.examples.order.Order;
import dev.pawl.examples.order.PaymentActivities;
import dev.pawl.examples.order.Receipt;
import dev.pawl.examples.order.ShippingActivities;
import dev.pawl.examples.order.Stock;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.Saga;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.Workflow;
import java.time.Duration;

// tag::workflow[]
/** Reserves, waits for an approval, charges, waits for the van, ships. Takes back what it did if a part fails. */
public final class ApprovedOrder implements Workflow<Order, Receipt> {
  private final PaymentActivities payments = Activities.stub(PaymentActivities.class,
      opts -> opts.startToClose(Duration.ofMinutes(1)).retry(Retry.exponential().except("CardDeclined")));
  private final ShippingActivities shipping = Activities.stub(ShippingActivities.class);
  private final Stock stock;

  ApprovedOrder(Stock stock) {
    this.stock = stock;
  }

  @Override
  public Receipt run(Order order) {
    return Saga.run(saga -> {
      String reservation = Pawl.step("reserve", () -> stock.reserve(order, Step.context().idempotencyKey()));
      saga.onFailure(() -> Pawl.step("release", () -> stock.release(reservation)));

      Pawl.receive("approve", String.class);

      String charge = payments.charge(order.id(), order.cents());
      saga.onFailure(() -> payments.refund(charge));

      Pawl.sleep(Duration.ofSeconds(2)); // could be a month: nothing runs and nothing is held meanwhile
      return new Receipt(order.id(), charge, shipping.ship(order.id(), order.item()));
    });
  }
}
// end::workflow[]
