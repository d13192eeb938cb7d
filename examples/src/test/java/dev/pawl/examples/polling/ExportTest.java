package dev.pawl.examples.polling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.RunEvent;
import dev.pawl.examples.LocalPawl;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExportTest {
  @Test
  void looksEverMoreRarely() {
    AtomicInteger looks = new AtomicInteger();
    Exports exports = new Exports() {
      @Override
      public String request(String table, String key) {
        return "export of " + table;
      }

      @Override
      public String location(String exportId) {
        return looks.incrementAndGet() < 11 ? "" : "/srv/" + exportId;
      }
    };
    try (var pawl = LocalPawl.serving(worker -> worker.workflow("export", () -> new ExportWorkflow(exports)))) {
      var export = pawl.client().start("export", "e-1", "orders");
      for (int look = 1; look <= 11; look++) {
        int seen = look;
        pawl.skip(Duration.ofMinutes(5));
        LocalPawl.await(() -> looks.get() >= seen);
      }
      assertThat(export.result(String.class)).isEqualTo("/srv/export of orders");
      assertThat(export.history().stream().map(event -> event.fact())
          .filter(RunEvent.TimerScheduled.class::isInstance).map(RunEvent.TimerScheduled.class::cast)
          .map(timer -> timer.delay().toSeconds()))
          .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L);
    }
  }
}
