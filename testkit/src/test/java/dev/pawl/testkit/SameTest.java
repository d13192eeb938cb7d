package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.RunEvent.ActivityCompleted;
import dev.pawl.core.run.RunEvent.ChildRunCompleted;
import dev.pawl.core.run.RunEvent.SignalReceived;
import dev.pawl.core.run.RunEvent.StepCompleted;
import dev.pawl.core.run.RunEvent.TimerFired;
import dev.pawl.core.run.RunEvent.WorkflowCompleted;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.testbed.Databases;
import dev.pawl.testkit.Shop.Order;
import dev.pawl.testkit.Shop.OrderWorkflow;
import dev.pawl.testkit.Shop.PaymentActivities;
import dev.pawl.testkit.Shop.Receipt;
import dev.pawl.testkit.Shop.ShipWorkflow;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same test, line for line, on another database. */
@Timeout(180)
class SameTest {
  private static void order(TestPawlBuilder with) {
    try (TestPawl pawl = with.at("2027-01-01T00:00Z")
        .workflow("order", OrderWorkflow::new)
        .workflow("ship", ShipWorkflow::new)
        .activities("payments", PaymentActivities.class, charge -> "ref-" + charge.amount())
        .start()) {
      Mock charge = pawl.mock("payments.charge").fails(1, () -> new IOException("down"));
      WorkflowHandle order = pawl.start("order", "order-1", new Order("order-1", 5));
      pawl.skipTime(Duration.ofHours(1));
      pawl.crashWorker();
      order.signal("approve", true);
      pawl.skipTime(Duration.ofDays(31));
      assertThat(order.result(Receipt.class)).isEqualTo(new Receipt("order-1", "ref-5", "shipped order-1"));
      charge.wasCalled(2);
      pawl.history(order).inOrder(StepCompleted.class, SignalReceived.class, ActivityCompleted.class, TimerFired.class,
          ChildRunCompleted.class, WorkflowCompleted.class);
      assertThat(pawl.now()).isEqualTo(Instant.parse("2027-02-01T01:00:00Z"));
    }
  }

  @Test
  void onSqlite() {
    order(TestPawl.on(Databases.sqlite().fresh().jdbcUrl()));
  }

  @Test
  void onPostgres() {
    order(TestPawl.on(Databases.postgres().fresh().dataSource()));
  }

  @Test
  void onMariadb() {
    order(TestPawl.on(Databases.mariadb().fresh().dataSource()));
  }
}
