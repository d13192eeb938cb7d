package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.pawl.core.value.RejectedException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tickets are looked up where people keep them. */
class TrackerTest {

  @Test
  void aTicketMustBeOpenAndGraveActsNeedAnAnswer(@TempDir Path folder) throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer tracker = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    tracker.createContext("/tickets/", exchange -> {
      String path = exchange.getRequestURI().getPath();
      asked.add(path + " " + exchange.getRequestHeaders().getFirst("Authorization"));
      exchange.sendResponseHeaders(path.endsWith("OPS-1") ? 200 : path.endsWith("OPS-2") ? 404 : 503, -1);
      exchange.close();
    });
    tracker.start();
    try (Wire wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), settings -> settings.duties = false,
            "--auth", "none", "--ticket-tracker",
            "http://127.0.0.1:%d/tickets/{ticket}".formatted(tracker.getAddress().getPort()), "--ticket-tracker-token",
            "let-me-in");
        JobClient client = new JobClient(wire, "anybody")) {
      String id = client.submit("op.tracked", "tracked-key-1", "1");
      assertThat(act(client, id, "HOLD", "OPS-2").refused(4032).at("body.pointer")).isEqualTo("/ticket");
      act(client, id, "HOLD", "../../OPS-1").refused(4032);
      assertThat(act(client, id, "HOLD", "OPS-1").is(200).json()).doesNotContainKey("warning");
      assertThat(act(client, id, "RELEASE", "OPS-3").is(200).string("warning")).contains("did not answer");
      act(client, id, "FORCE_SUCCEED", "OPS-3").refused(4032);
      act(client, id, "FORCE_SUCCEED", "OPS-1").is(200);
    } finally {
      tracker.stop(0);
    }
    assertThat(asked).hasSize(5).allMatch(line -> line.endsWith(" Bearer let-me-in"));
  }

  private static JobClient.Got act(JobClient client, String id, String event, String ticket) {
    return client.json("/jobs/" + id + "/transitions", "event", event, "ticket", ticket, "reason", "a good reason",
        "expected_epoch", 0, "evidence", "the receipt", "second_approver", "grace");
  }

  @Test
  void anAddressWithoutAPlaceForTheTicketIsNone(@TempDir Path folder) {
    assertThatThrownBy(() -> new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--ticket-tracker",
        "https://tracker/tickets")).isInstanceOf(RejectedException.class).hasMessageContaining("{ticket}");
  }
}
