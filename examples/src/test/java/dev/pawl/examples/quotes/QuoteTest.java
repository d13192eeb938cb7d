package dev.pawl.examples.quotes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.testkit.TestPawl;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuoteTest {
  @Test
  void takesTheFirstAnswer() {
    assertThat(quote(Duration.ofMinutes(2))).isEqualTo(new Quote("sea", 750));
  }

  @Test
  void takesAnotherWayWhenNobodyAnswers() {
    assertThat(quote(Duration.ofMinutes(9))).isEqualTo(new Quote("the post office", 900));
  }

  /** @param time that the fastest carrier takes */
  private static Quote quote(Duration time) {
    TestPawl[] self = new TestPawl[1];
    CarrierActivities carriers = (carrier, grams) -> {
      try {
        self[0].sleep(carrier.equals("sea") ? time : Duration.ofHours(1));
      } catch (InterruptedException calledOff) {
        Thread.currentThread().interrupt();
      }
      return new Quote(carrier, grams);
    };
    try (TestPawl pawl = TestPawl.onSqlite().workflow("quote", QuoteWorkflow::new)
        .activities("carriers", CarrierActivities.class, carriers).autoSkip().start()) {
      self[0] = pawl;
      return pawl.start("quote", "q-1", 750).result(Quote.class);
    }
  }
}
