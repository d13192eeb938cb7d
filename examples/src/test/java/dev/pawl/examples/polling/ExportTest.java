package dev.pawl.examples.polling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.RunEvent.TimerScheduled;
import dev.pawl.testkit.TestPawl;
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
    try (TestPawl pawl = TestPawl.onSqlite().workflow("export", () -> new ExportWorkflow(exports)).autoSkip().start()) {
      var export = pawl.start("export", "e-1", "orders");
      assertThat(export.result(String.class)).isEqualTo("/srv/export of orders");
      assertThat(pawl.history(export).all(TimerScheduled.class)).extracting(timer -> timer.delay().toSeconds())
          .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L);
    }
  }
}
