package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that gets more messages than its program looks at. */
class FullRunTest {
  @Test
  void messagesBeyondTheBudgetAreToldToComeAgain(@TempDir Path folder) {
    try (Wire wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), settings -> {}, "--auth-token", "sesame",
        "--max-unread-events", "3")) {
      wire.start("order", "w", "default");
      wire.post("/workflows/w/signal/add", "input", List.of(1), "request_id", "s-1").is(202);
      for (String message : List.of("/workflows/w/signal/add", "/workflows/w/update/add")) {
        Wire.Got full = wire.post(message, "input", List.of(1), "request_id", "s-2").refused(429, "inbox_full");
        assertThat(full.raw().headers().firstValue("Retry-After")).contains("1");
      }
      wire.post("/workflows/w/signal/add", "input", List.of(1), "request_id", "s-1").is(202);
      assertThat(wire.get("/workflows/w").is(200).body()).containsEntry("status_bucket", "running");
      wire.start("order", "other", "default");
      wire.post("/workflows/other/signal/add", "input", List.of(1)).is(202);
    }
  }
}
