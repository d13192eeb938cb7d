package dev.pawl.engine.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PatienceTest {
  @Test
  void countsTimeAndNotTrials() {
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // the monotonic clock may overflow
    Patience patience = new Patience(Duration.ofSeconds(30), nanos::get);
    for (int trial = 0; trial < 1_000; trial++) assertThat(patience.isOver()).isFalse();
    nanos.addAndGet(Duration.ofSeconds(30).toNanos() - 1);
    assertThat(patience.isOver()).isFalse();
    nanos.incrementAndGet();
    assertThat(patience.isOver()).isTrue();
  }
}
