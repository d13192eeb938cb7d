package dev.pawl.examples.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.examples.LocalPawl;
import dev.pawl.sdk.client.WorkflowFailedException;
import dev.pawl.sdk.failure.ApplicationException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class OrderTest {
  private final List<String> done = new CopyOnWriteArrayList<>();

  @Test
  void reservesChargesShips() {
    try (var pawl = pawl()) {
      Receipt receipt = pawl.client().start("order", "order-1", new Order("order-1", "lamp", 2, 4_900)).result(Receipt.class);
      assertThat(receipt).isEqualTo(new Receipt("order-1", "charge of order-1", "parcel of order-1"));
      assertThat(done).containsExactly("reserve lamp", "charge 4900", "ship lamp");
    }
  }

  @Test
  void takesBackWhatItDid() {
    try (var pawl = pawl()) {
      var order = pawl.client().start("order", "order-2", new Order("order-2", "piano", 1, 4_900));
      assertThatThrownBy(() -> order.result(Receipt.class)).isInstanceOf(WorkflowFailedException.class)
          .hasMessageContaining("nowhere to be found");
      assertThat(done).containsExactly("reserve piano", "charge 4900", "refund charge of order-2", "release piano");
    }
  }

  @Test
  void isNotChargedAgainWhenTheCardIsDeclined() {
    try (var pawl = pawl()) {
      var order = pawl.client().start("order", "order-3", new Order("order-3", "lamp", 1, 1_000_000));
      assertThatThrownBy(() -> order.result(Receipt.class)).hasMessageContaining("CardDeclined");
      assertThat(done).containsExactly("reserve lamp", "release lamp");
    }
  }

  private LocalPawl pawl() {
    return LocalPawl.serving(worker -> worker
        .workflow("order", () -> new OrderWorkflow(new Books()))
        .activities("payments", PaymentActivities.class, new Bank())
        .activities("shipping", ShippingActivities.class, this::ship));
  }

  private String ship(String orderId, String item) {
    if (item.equals("piano")) throw ApplicationException.nonRetryable("UnknownAddress", "nowhere to be found");
    done.add("ship " + item);
    return "parcel of " + orderId;
  }

  private final class Books implements Stock {
    @Override
    public String reserve(Order order, String key) {
      done.add("reserve " + order.item());
      return order.item();
    }

    @Override
    public void release(String reservation) {
      done.add("release " + reservation);
    }
  }

  private final class Bank implements PaymentActivities {
    @Override
    public String charge(String orderId, long cents) {
      if (cents > 100_000) throw ApplicationException.of("CardDeclined", "the bank says no");
      done.add("charge " + cents);
      return "charge of " + orderId;
    }

    @Override
    public void refund(String charge) {
      done.add("refund " + charge);
    }
  }
}
