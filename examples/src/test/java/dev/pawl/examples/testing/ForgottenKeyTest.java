package dev.pawl.examples.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.examples.guide.Outputs;
import dev.pawl.examples.order.Order;
import dev.pawl.examples.order.OrderWorkflow;
import dev.pawl.examples.order.PaymentActivities;
import dev.pawl.examples.order.ShippingActivities;
import dev.pawl.examples.order.Stock;
import dev.pawl.sdk.Activity;
import dev.pawl.testkit.explore.Effects;
import dev.pawl.testkit.explore.Explore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

class ForgottenKeyTest {
  private static Explore order(boolean withKeys) {
    return Explore.workflow("order")
        .input(new Order("order-1", "lamp", 1, 4_900))
        .serving((worker, effects) -> worker
            .workflow("order", () -> new OrderWorkflow(new Books(effects)))
            .activities("payments", PaymentActivities.class, new Provider(effects, withKeys))
            .activities("shipping", ShippingActivities.class, (order, item) -> "parcel-1"));
  }

  // tag::explore[]
  @Test
  void twoWorkersChargeTwice() {
    var explored = order(false).explore();
    assertThat(explored.broken()).isEqualTo("crash-after activity 2:payments.charge/1");
    assertThat(explored.report()).contains("'charged order-1' happened 2 times");
  }
  // end::explore[]

  /** Starts over a network have ids that are made up, and the page shows none. */
  @DisabledIfSystemProperty(named = "pawl.test.remote", matches = "true")
  @Test
  void theReportIsWhatThePageShows() {
    // How many runs came before is a matter of what else could be tried.
    Outputs.matches("forgotten-key.txt", order(false).explore().report().replaceFirst("in run \\d+", "in run 10"));
  }

  // tag::explore[]

  @Test
  void theSameCrashDoesNoHarmWithAKey() {
    String schedule = "crash-after activity 2:payments.charge/1";
    assertThatThrownBy(() -> order(false).replay(schedule)).isInstanceOf(AssertionError.class);
    order(true).replay(schedule);
  }
  // end::explore[]

  // tag::fake[]
  /** What the payment provider would do: once per key, if it gets to see one. */
  private record Provider(Effects effects, boolean withKeys) implements PaymentActivities {
    @Override
    public String charge(String orderId, long cents) {
      if (withKeys) effects.once(Activity.context().idempotencyKey(), "charged " + orderId);
      else effects.add("charged " + orderId);
      return "charge-1";
    }
    // end::fake[]

    @Override
    public void refund(String charge) {
      effects.once("refund of " + charge, "refunded " + charge);
    }
  }

  private record Books(Effects effects) implements Stock {
    @Override
    public String reserve(Order order, String key) {
      effects.once(key, "reserved " + order.item());
      return order.item();
    }

    @Override
    public void release(String reservation) {
      effects.once("release of " + reservation, "released " + reservation);
    }
  }
}
