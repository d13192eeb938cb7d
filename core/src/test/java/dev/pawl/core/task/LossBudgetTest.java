package dev.pawl.core.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LossBudgetTest {
  @Test
  void restsLongerEachTimeAndThenStops() {
    assertThat(LossBudget.delay(1, "s")).contains(Duration.ZERO);
    assertThat(LossBudget.delay(2, "s").orElseThrow()).isBetween(Duration.ofMillis(4_500), Duration.ofMillis(5_500));
    assertThat(LossBudget.delay(3, "s").orElseThrow()).isBetween(Duration.ofMillis(13_500), Duration.ofMillis(16_500));
    assertThat(LossBudget.delay(4, "s").orElseThrow()).isBetween(Duration.ofMillis(40_500), Duration.ofMillis(49_500));
    assertThat(LossBudget.delay(5, "s")).isEmpty();
    assertThat(LossBudget.delay(6, "s")).isEmpty();
  }

  @Test
  void isTheSameOnEveryNode() {
    assertThat(LossBudget.delay(3, "order-42")).isEqualTo(LossBudget.delay(3, "order-42"));
    assertThat(LossBudget.delay(3, "order-42")).isNotEqualTo(LossBudget.delay(3, "order-43"));
  }
}
