package dev.pawl.examples.testing;

import dev.pawl.examples.order.Order;
import dev.pawl.examples.order.OrderWorkflow;
import dev.pawl.examples.order.PaymentActivities;
import dev.pawl.examples.order.Receipt;
import dev.pawl.examples.order.ShippingActivities;
import dev.pawl.examples.order.Stock;
import dev.pawl.testkit.Replay;
import dev.pawl.testkit.TestPawl;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderReplayTest {
  // tag::replay[]
  @Test
  void theOrdersOf2026StillReplay() {
    Replay.serving(worker -> worker
            .workflow("order", () -> new OrderWorkflow(new NoStock()))
            .activityNames("payments", PaymentActivities.class)
            .activityNames("shipping", ShippingActivities.class))
        .against("histories/order-2026.json")
        .against("histories/order-2026-failed.json")
        .matches();
  }
  // end::replay[]

  // tag::record[]
  @Test
  void recordsAHistory(@TempDir Path folder) {
    try (TestPawl pawl = TestPawl.onSqlite().at("2026-05-04T08:00Z").autoSkip()
        .workflow("order", () -> new OrderWorkflow(new NoStock()))
        .mocked("payments", PaymentActivities.class)
        .mocked("shipping", ShippingActivities.class)
        .start()) {
      pawl.mock("payments.charge").returns("charge-1");
      pawl.mock("shipping.ship").returns("parcel-1").fails(1, () -> new IllegalStateException("no van"));
      var order = pawl.start("order", "order-1", new Order("order-1", "lamp", 1, 4_900));
      order.result(Receipt.class);
      pawl.history(order).save(folder.resolve("order-2026.json"));
    }
    // end::record[]
    Replay.serving(worker -> worker
            .workflow("order", () -> new OrderWorkflow(new NoStock()))
            .activityNames("payments", PaymentActivities.class)
            .activityNames("shipping", ShippingActivities.class))
        .against(folder.resolve("order-2026.json")).matches();
  }

  /** A replay runs no step; only the run that is recorded asks this. */
  private static final class NoStock implements Stock {
    @Override
    public String reserve(Order order, String key) {
      return "reservation of " + order.item();
    }

    @Override
    public void release(String reservation) {}
  }
}
