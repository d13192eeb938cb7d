package dev.pawl.examples.remote;

import dev.pawl.examples.order.Order;
import dev.pawl.examples.order.OrderWorkflow;
import dev.pawl.examples.order.PaymentActivities;
import dev.pawl.examples.order.Receipt;
import dev.pawl.examples.order.ShippingActivities;
import dev.pawl.examples.order.Stock;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.remote.RemotePawl;
import dev.pawl.sdk.worker.Worker;
import java.net.URI;
import java.time.Duration;
import java.util.List;

// tag::shop[]
/** Sells things. It does not know where its engine is. */
public final class Shop {
  private final PawlClient client;

  public Shop(ControlApi engine) {
    client = PawlClient.on(engine).queue("orders");
  }

  public Receipt sell(Order order) {
    return client.start("order", order.id(), order).result(Receipt.class, Duration.ofMinutes(5));
  }

  /** Whoever does the shop's work, in this process or another. */
  public static Worker worker(WorkerApi engine, Stock stock, PaymentActivities payments, ShippingActivities shipping) {
    return Worker.on(engine).queue("orders")
        .workflow("order", () -> new OrderWorkflow(stock))
        .activities("payments", PaymentActivities.class, payments)
        .activities("shipping", ShippingActivities.class, shipping)
        .start();
  }
  // end::shop[]

  // tag::connect[]
  /** Two servers on one database; whichever answers. */
  public static RemotePawl connect(URI one, URI other, String token) {
    return RemotePawl.connect(List.of(one, other), set -> {
      set.token = token;
      set.patience = Duration.ofMinutes(1);
    });
  }
  // end::connect[]
  // tag::shop[]
}
// end::shop[]
