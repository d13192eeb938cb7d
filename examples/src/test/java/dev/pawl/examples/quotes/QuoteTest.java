package dev.pawl.examples.quotes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.examples.LocalPawl;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class QuoteTest {
  @Test
  void takesTheFirstAnswer() {
    CountDownLatch never = new CountDownLatch(1);
    CarrierActivities carriers = (carrier, grams) -> {
      if (carrier.equals("sea")) return new Quote(carrier, grams);
      try {
        never.await(); // the others are interrupted
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new Quote(carrier, 0);
    };
    try (var pawl = LocalPawl.serving(worker -> worker
        .workflow("quote", QuoteWorkflow::new)
        .activities("carriers", CarrierActivities.class, carriers))) {
      assertThat(pawl.client().start("quote", "q-1", 750).result(Quote.class)).isEqualTo(new Quote("sea", 750));
    }
  }
}
