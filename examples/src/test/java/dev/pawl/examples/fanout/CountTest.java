package dev.pawl.examples.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.testkit.TestPawl;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CountTest {
  @Test
  void countsAThousandPages() {
    AtomicInteger calls = new AtomicInteger();
    CountActivities pages = page -> {
      calls.incrementAndGet();
      return page;
    };
    try (TestPawl pawl = TestPawl.onSqlite().workflow("count", CountWorkflow::new)
        .activities("count", CountActivities.class, pages).start()) {
      assertThat(pawl.start("count", "book", 1_000).result(Long.class)).isEqualTo(500_500);
      assertThat(calls).hasValue(1_000);
    }
  }
}
