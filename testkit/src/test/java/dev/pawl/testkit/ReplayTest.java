package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.RunEvent.WorkflowCompleted;
import dev.pawl.protocol.json.HistoryJson;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.testkit.Shop.Order;
import dev.pawl.testkit.Shop.OrderWorkflow;
import dev.pawl.testkit.Shop.PaymentActivities;
import dev.pawl.testkit.Shop.Receipt;
import dev.pawl.testkit.Shop.ShipWorkflow;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  private static Replay orders() {
    return Replay.of(OrderWorkflow::new, "order").activityNames("payments", PaymentActivities.class);
  }

  @Test
  void aHistoryOfLastYearStillMatches() {
    orders().against("histories/order-2026.json").matches();
  }

  @Test
  void aHistoryThatWasSavedMatchesAndReadsBack(@TempDir Path folder) {
    try (TestPawl pawl = TestPawl.onSqlite().workflow("order", OrderWorkflow::new).workflow("ship", ShipWorkflow::new)
        .activities("payments", PaymentActivities.class, charge -> "ref").autoSkip().start()) {
      WorkflowHandle order = pawl.start("order", "o", new Order("o", 1), opts -> opts.withSignal("approve", true));
      pawl.awaitQuiet();
      orders().against(pawl.history(order).recorded()).matches(); // open: the rest is still to come
      order.result(Receipt.class);
      Path file = folder.resolve("order.json");
      HistoryCheck history = pawl.history(order).has(WorkflowCompleted.class).save(file);
      orders().against(file).matches();
      Assertions.assertThat(HistoryJson.read(HistoryJson.write(history.recorded()))).isEqualTo(history.recorded());
    }
  }

  /** Somebody moved the sleep in front of the charge. */
  static final class Changed implements Workflow<Order, Receipt> {
    @Override
    public Receipt run(Order order) {
      Pawl.step("reserve", () -> "reserved " + order.id());
      Pawl.sleep(Duration.ofDays(30));
      return new Receipt(order.id(), "", "");
    }
  }

  @Test
  void changedCodeIsFoundAndShown() {
    assertThatThrownBy(() -> Replay.of(Changed::new, "order").against("histories/order-2026.json").matches())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the code does not match the history of 'order-1'")
        .hasMessageContaining("ReplayTest.java")
        .hasMessageContaining("ActivityScheduled");
  }
}
