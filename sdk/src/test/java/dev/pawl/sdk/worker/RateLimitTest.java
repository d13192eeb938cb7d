package dev.pawl.sdk.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private final AtomicLong nanos = new AtomicLong();

  private void pass(double seconds) {
    nanos.addAndGet((long) (seconds * 1e9));
  }

  @Test
  void givesNoMoreThanSoManyPerSecond() {
    RateLimit rate = new RateLimit(20, nanos::get);
    assertThat(rate.takeNow(100)).as("one second's worth is in hand").isEqualTo(20);
    assertThat(rate.takeNow(1)).isZero();
    int given = 0;
    for (int i = 0; i < 1_000; i++) {
      pass(0.01);
      given += rate.takeNow(100);
    }
    assertThat(given).as("in ten seconds").isBetween(199, 200);
  }

  @Test
  void savesUpNoMoreThanOneSecondsWorth() {
    RateLimit rate = new RateLimit(20, nanos::get);
    rate.takeNow(20);
    pass(3_600);
    assertThat(rate.takeNow(1_000)).isEqualTo(20);
  }

  @Test
  void slowRatesCountTooAndSayHowLongToWait() {
    RateLimit rate = new RateLimit(0.1, nanos::get);
    assertThat(rate.takeNow(5)).isEqualTo(1);
    assertThat(rate.takeNow(5)).isZero();
    assertThat(rate.untilNext()).isBetween(9_999_999_999L, 10_000_000_002L);
    nanos.addAndGet(rate.untilNext());
    assertThat(rate.takeNow(5)).isEqualTo(1);
  }

  @Test
  void whatWasNotUsedIsNotLost() {
    RateLimit rate = new RateLimit(10, nanos::get);
    assertThat(rate.takeNow(10)).isEqualTo(10);
    rate.giveBack(7);
    assertThat(rate.takeNow(10)).isEqualTo(7);
  }

  @Test
  void withoutALimitEverythingIsGiven() throws InterruptedException {
    assertThat(new RateLimit(0, nanos::get).take(5_000)).isEqualTo(5_000);
  }
}
