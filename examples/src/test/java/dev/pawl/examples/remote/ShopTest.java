package dev.pawl.examples.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.PawlEngine;
import dev.pawl.examples.order.Order;
import dev.pawl.examples.order.PaymentActivities;
import dev.pawl.examples.order.Receipt;
import dev.pawl.examples.order.Stock;
import dev.pawl.sdk.remote.RemotePawl;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.server.PawlServer;
import dev.pawl.server.config.ServerConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShopTest {
  private static final Order LAMP = new Order("order-1", "lamp", 2, 4_900);

  @TempDir Path folder;

  /** Its name says what was done. */
  private static final class Books implements Stock {
    @Override
    public String reserve(Order order, String key) {
      return "reserved " + order.item();
    }

    @Override
    public void release(String reservation) {}
  }

  private static final class Provider implements PaymentActivities {
    @Override
    public String charge(String orderId, long cents) {
      return "charge of " + cents;
    }

    @Override
    public void refund(String charge) {}
  }

  private String database() {
    return "jdbc:sqlite:" + folder.resolve("pawl.db");
  }

  private static final Receipt RECEIPT = new Receipt("order-1", "charge of 4900", "parcel of lamp");

  @Test
  void embedded() {
    // tag::embedded[]
    try (PawlEngine engine = PawlEngine.open(database());
        Worker worker = Shop.worker(engine.worker(), new Books(), new Provider(), (id, item) -> "parcel of " + item)) {
      assertThat(new Shop(engine.control()).sell(LAMP)).isEqualTo(RECEIPT);
    }
    // end::embedded[]
  }

  @Test
  void remote() {
    ServerConfig config = ServerConfig.of(
        List.of("--database", database(), "--port", "0", "--auth-token", "sesame", "--host", "127.0.0.1"), Map.of());
    try (PawlServer server = PawlServer.open(config, said -> {})) {
      URI address = URI.create("http://127.0.0.1:" + server.port());
      // tag::remote[]
      try (RemotePawl pawl = RemotePawl.connect(address.toString(), "sesame");
          Worker worker = Shop.worker(pawl.worker(), new Books(), new Provider(), (id, item) -> "parcel of " + item)) {
        assertThat(new Shop(pawl.control()).sell(LAMP)).isEqualTo(RECEIPT);
      }
      // end::remote[]
      URI gone = URI.create("http://127.0.0.1:1");
      try (RemotePawl pawl = Shop.connect(gone, address, "sesame")) {
        assertThat(pawl.control().runs("default", "order-1")).as("the next server is asked").hasSize(1);
      }
    }
  }
}
