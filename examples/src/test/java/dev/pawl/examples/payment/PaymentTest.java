package dev.pawl.examples.payment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.PawlEngine;
import dev.pawl.examples.order.Order;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.worker.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PaymentTest {
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

  @TempDir
  Path folder;

  @Test
  void sendsAnInvoiceWhenTheCardIsDeclined() {
    Provider provider = new Provider();
    try (PawlEngine engine = engine(); Worker worker = PaymentWorker.start(engine, provider)) {
      PawlClient client = PawlClient.on(engine.control()).queue("payments");
      assertThat(client.start("pay", "p-1", order(4_900)).result(String.class)).isEqualTo("charge-1");
      assertThat(client.start("pay", "p-2", order(450_000)).result(String.class)).isEqualTo("invoice of order-1");
    }
  }

  @Test
  void asksWhetherItHappenedBeforeItChargesAgain() throws InterruptedException {
    CountDownLatch charged = new CountDownLatch(1);
    Provider provider = new Provider() {
      @Override
      String charge(String reference, long cents) {
        String charge = super.charge(reference, cents);
        charged.countDown();
        try {
          new CountDownLatch(1).await(); // the worker dies before the answer is there
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return charge;
      }
    };
    try (PawlEngine engine = engine()) {
      Worker doomed = PaymentWorker.start(engine, provider);
      PawlClient client = PawlClient.on(engine.control()).queue("payments");
      var payment = client.start("pay", "p-3", order(4_900));
      charged.await();
      doomed.abandon();
      ahead.set(Duration.ofSeconds(20)); // its lease is over

      try (Worker heir = PaymentWorker.start(engine, provider)) {
        assertThat(payment.result(String.class)).isEqualTo("charge-1");
        assertThat(provider.charges()).isEqualTo(1);
      }
    }
  }

  private PawlEngine engine() {
    return PawlEngine.open("jdbc:sqlite:" + folder.resolve("pawl.db"),
        config -> config.clock = () -> Instant.now().plus(ahead.get()));
  }

  private static Order order(long cents) {
    return new Order("order-1", "lamp", 1, cents);
  }
}
