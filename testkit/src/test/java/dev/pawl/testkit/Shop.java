package dev.pawl.testkit;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.Workflow;
import java.time.Duration;

/** A shop to test with. */
final class Shop {
  private Shop() {}

  record Order(String id, int amount) {}

  record Charge(String order, int amount) {}

  record Receipt(String order, String reference, String shipped) {}

  interface PaymentActivities {
    String charge(Charge charge) throws Exception;
  }

  /** Reserves, waits for approval up to two days, charges, waits a month, ships by a child. */
  static final class OrderWorkflow implements Workflow<Order, Receipt> {
    private final PaymentActivities payments = Activities.stub(PaymentActivities.class, opts -> opts
        .startToClose(Duration.ofMinutes(5)).retry(Retry.exponential(Duration.ofSeconds(10), 2, Duration.ofHours(1)).attempts(5)));
    private boolean approved;

    @Override
    public Receipt run(Order order) throws Exception {
      Pawl.onSignal("approve", Boolean.class, yes -> approved = yes);
      Pawl.onQuery("approved", () -> approved);
      Pawl.step("reserve", () -> "reserved " + order.id());
      if (!Pawl.await(() -> approved, Duration.ofDays(2))) return new Receipt(order.id(), "", "not approved");
      String reference = payments.charge(new Charge(order.id(), order.amount()));
      Pawl.sleep(Duration.ofDays(30));
      String shipped = Pawl.child("ship", opts -> {}, order.id(), String.class).result().get();
      return new Receipt(order.id(), reference, shipped);
    }
  }

  static final class ShipWorkflow implements Workflow<String, String> {
    @Override
    public String run(String order) {
      Pawl.sleep(Duration.ofHours(6));
      return Pawl.step("ship", () -> "shipped " + order);
    }
  }
}
