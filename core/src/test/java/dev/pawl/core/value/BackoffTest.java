package dev.pawl.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Backoff STANDARD =
      new Backoff.Exponential(Duration.ofSeconds(5), 2.0, Duration.ofSeconds(600));

  private static List<Long> millis(Backoff backoff, String seed, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(n -> backoff.delay(n, seed).toMillis()).toList();
  }

  @Test
  void isTheSameToTheMillisecondOnEveryNodeForEver() {
    assertThat(millis(STANDARD, "order-42", 9))
        .containsExactly(5383L, 10218L, 18852L, 38584L, 75775L, 159107L, 329277L, 600145L, 638466L);
    assertThat(millis(new Backoff.Exponential(Duration.ofSeconds(5), 3.0, Duration.ofSeconds(300)), "loss", 5))
        .containsExactly(5255L, 14500L, 47232L, 135326L, 306294L);
    assertThat(millis(new Backoff.Exponential(Duration.ofSeconds(60), 1.5, Duration.ofSeconds(1800)), "slow", 4))
        .containsExactly(60615L, 82858L, 124524L, 186928L);
  }

  @Test
  void staysWithinATenthOfThePlainDelay() {
    for (int n = 1; n <= 1_000; n++) {
      double plain = Math.min(600_000, 5_000 * Math.pow(2, n - 1.0));
      assertThat((double) STANDARD.delay(n, "seed-" + n).toMillis()).isBetween(plain * 0.9 - 1, plain * 1.1 + 1);
    }
  }

  @Test
  void spreadsAHerd() {
    assertThat(IntStream.range(0, 1_000).mapToLong(i -> STANDARD.delay(1, "order-" + i).toMillis()).distinct().count())
        .isGreaterThan(600);
    double mean = IntStream.range(0, 10_000).mapToLong(i -> STANDARD.delay(1, "order-" + i).toMillis()).average()
        .orElseThrow();
    assertThat(mean).isBetween(4_980.0, 5_020.0);
  }

  @Test
  void neverOverflows() {
    Backoff wild = new Backoff.Exponential(Duration.ofDays(1), 1e300, Duration.ofDays(36_525));
    assertThat(wild.delay(Integer.MAX_VALUE, "s")).isBetween(Duration.ofDays(32_000), Duration.ofDays(41_000));
    assertThat(new Backoff.Exponential(Duration.ZERO, 1e300, Duration.ZERO).delay(100_000, "s")).isZero();
  }

  @Test
  void exactDelaysHaveNoJitterAndTheLastOneRepeats() {
    Backoff exact = new Backoff.Delays(List.of(Duration.ofSeconds(1), Duration.ofSeconds(10)));
    assertThat(millis(exact, "s", 4)).containsExactly(1_000L, 10_000L, 10_000L, 10_000L);
    assertThat(new Backoff.Delays(List.of()).delay(7, "s")).isZero();
  }

  @Test
  void nonsenseIsRefusedByName() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new Backoff.Exponential(second.negated(), 2, second)).hasMessageContaining("base");
    assertThatThrownBy(() -> new Backoff.Exponential(second, 0.5, second)).hasMessageContaining("coefficient");
    assertThatThrownBy(() -> new Backoff.Exponential(second, Double.NaN, second)).hasMessageContaining("coefficient");
    assertThatThrownBy(() -> new Backoff.Exponential(second, 2, Duration.ZERO)).hasMessageContaining("cap");
    assertThatThrownBy(() -> new Backoff.Exponential(second, 2, Duration.ofSeconds(Long.MAX_VALUE)))
        .hasMessageContaining("100 years");
  }
}
