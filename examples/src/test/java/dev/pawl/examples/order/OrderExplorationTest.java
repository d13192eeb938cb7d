package dev.pawl.examples.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.sdk.Activity;
import dev.pawl.testkit.explore.Effects;
import dev.pawl.testkit.explore.Explore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
class OrderExplorationTest {
  // tag::explore[]
  @Test
  void everyEffectHappensOnceWhateverBreaks() {
    var explored = Explore.workflow("order")
        .input(new Order("order-1", "lamp", 2, 4_900))
        .serving((worker, effects) -> worker
            .workflow("order", () -> new OrderWorkflow(new Books(effects)))
            .activities("payments", PaymentActivities.class, new Bank(effects))
            .activities("shipping", ShippingActivities.class, (order, item) -> {
              effects.once(Activity.context().idempotencyKey(), "ship " + item);
              return "parcel-1";
            }))
        .check(end -> end.completed().effectsAre("reserve lamp", "charge 4900", "ship lamp"))
        .passes();
    assertThat(explored.schedules()).isGreaterThan(30);
  }
  // end::explore[]

  private record Books(Effects effects) implements Stock {
    @Override
    public String reserve(Order order, String key) {
      effects.once(key, "reserve " + order.item());
      return order.item();
    }

    @Override
    public void release(String reservation) {
      effects.once("release", "release " + reservation);
    }
  }

  private record Bank(Effects effects) implements PaymentActivities {
    @Override
    public String charge(String orderId, long cents) {
      effects.once(Activity.context().idempotencyKey(), "charge " + cents);
      return "charge-1";
    }

    @Override
    public void refund(String charge) {
      effects.once(Activity.context().idempotencyKey(), "refund");
    }
  }
}
