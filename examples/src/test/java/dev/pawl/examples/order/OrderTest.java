package dev.pawl.examples.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.RunEvent.StepCompleted;
import dev.pawl.core.run.RunEvent.WorkflowCompleted;
import dev.pawl.core.run.RunEvent.WorkflowFailed;
import dev.pawl.sdk.client.WorkflowFailedException;
import dev.pawl.sdk.failure.ApplicationException;
import dev.pawl.testkit.TestPawl;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

// tag::test[]
class OrderTest {
  private final List<String> stock = new ArrayList<>();
  private final TestPawl pawl = TestPawl.onSqlite()
      .workflow("order", () -> new OrderWorkflow(new Books()))
      .mocked("payments", PaymentActivities.class)
      .mocked("shipping", ShippingActivities.class)
      .autoSkip()
      .start();

  @AfterEach
  void close() {
    pawl.close();
  }

  @Test
  void reservesChargesShips() {
    pawl.mock("payments.charge").returns("charge-1");
    pawl.mock("shipping.ship").returns("parcel-1");

    var order = pawl.start("order", "order-1", new Order("order-1", "lamp", 2, 4_900));

    assertThat(order.result(Receipt.class)).isEqualTo(new Receipt("order-1", "charge-1", "parcel-1"));
    pawl.mock("payments.charge").wasCalledOnce().wasCalledWith("order-1");
    pawl.history(order).inOrder(StepCompleted.class, WorkflowCompleted.class);
  }

  @Test
  void takesBackWhatItDid() {
    pawl.mock("payments.charge").returns("charge-2");
    pawl.mock("shipping.ship").fails(() -> new IllegalStateException("no van"));
    pawl.mock("payments.refund").returns(null);

    var order = pawl.start("order", "order-2", new Order("order-2", "piano", 1, 4_900));

    assertThatThrownBy(() -> order.result(Receipt.class)).isInstanceOf(WorkflowFailedException.class);
    pawl.mock("shipping.ship").wasCalled(5); // over half a minute of the test's time
    pawl.mock("payments.refund").wasCalledOnce().wasCalledWith("charge-2");
    assertThat(stock).containsExactly("reserved piano", "released piano");
  }
  // end::test[]

  @Test
  void doesNotChargeAgainWhenTheCardIsDeclined() {
    pawl.mock("payments.charge").fails(() -> ApplicationException.of("CardDeclined", "no"));
    var order = pawl.start("order", "order-3", new Order("order-3", "lamp", 1, 1_000_000));
    assertThatThrownBy(() -> order.result(Receipt.class)).hasMessageContaining("CardDeclined");
    pawl.mock("payments.charge").wasCalledOnce();
    pawl.history(order).has(WorkflowFailed.class);
    assertThat(stock).containsExactly("reserved lamp", "released lamp");
  }

  // tag::crash[]
  @Test
  void survivesTheDeathOfItsWorker() {
    pawl.mock("payments.charge", (String order) -> {
      if (pawl.mock("payments.charge").calls().size() == 1) pawl.crashWorker(); // does not return
      return "charge-4";
    });
    pawl.mock("shipping.ship").returns("parcel-4");

    var order = pawl.start("order", "order-4", new Order("order-4", "lamp", 1, 4_900));

    assertThat(order.result(Receipt.class).charge()).isEqualTo("charge-4");
    assertThat(pawl.mock("payments.charge").calls()).as("the same key in both attempts").hasSize(2)
        .extracting(call -> call.key()).containsOnly(pawl.mock("payments.charge").calls().get(0).key());
    assertThat(stock).as("the step is not repeated").containsExactly("reserved lamp");
  }
  // end::crash[]

  private final class Books implements Stock {
    @Override
    public String reserve(Order order, String key) {
      stock.add("reserved " + order.item());
      return order.item();
    }

    @Override
    public void release(String reservation) {
      stock.add("released " + reservation);
    }
  }
}
