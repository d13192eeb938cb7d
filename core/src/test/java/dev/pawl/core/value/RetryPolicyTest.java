package dev.pawl.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final RetryPolicy THRICE = new RetryPolicy(
      new Backoff.Delays(List.of(Duration.ofSeconds(1), Duration.ofSeconds(5))), 3, List.of("Final"));
  private static final Failure BUSY = Failure.of("Busy", "later");

  private static Failure asking(Duration delay) {
    return new Failure("Busy", "later", null, false, delay, null, null);
  }

  @Test
  void triesUntilTheAttemptsAreUsedUp() {
    assertThat(THRICE.next(1, BUSY, "s", NOON, null)).contains(NOON.plusSeconds(1));
    assertThat(THRICE.next(2, BUSY, "s", NOON, null)).contains(NOON.plusSeconds(5));
    assertThat(THRICE.next(3, BUSY, "s", NOON, null)).isEmpty();
    assertThat(RetryPolicy.NEVER.next(1, BUSY, "s", NOON, null)).isEmpty();
    assertThat(RetryPolicy.EXPONENTIAL.next(1_000_000, BUSY, "s", NOON, null)).isPresent();
  }

  @Test
  void finalIsFinal() {
    assertThat(THRICE.next(1, Failure.of("Final", "no"), "s", NOON, null)).isEmpty();
    assertThat(THRICE.next(1, BUSY.asNonRetryable(), "s", NOON, null)).isEmpty();
  }

  @Test
  void noAttemptAtOrBehindTheLimit() {
    assertThat(THRICE.next(1, BUSY, "s", NOON, NOON.plusSeconds(1))).isEmpty();
    assertThat(THRICE.next(1, BUSY, "s", NOON, NOON.plusMillis(1001))).isPresent();
  }

  @Test
  void whoFailedMayChooseTheDelayWithinReason() {
    assertThat(THRICE.next(1, asking(Duration.ofMinutes(7)), "s", NOON, null)).contains(NOON.plusSeconds(420));
    assertThat(THRICE.next(1, asking(Duration.ZERO), "s", NOON, null)).contains(NOON);
    assertThat(THRICE.next(1, asking(Duration.ofDays(-9)), "s", NOON, null)).contains(NOON);
    assertThat(THRICE.next(1, asking(Duration.ofSeconds(Long.MAX_VALUE)), "s", NOON, null))
        .contains(NOON.plus(Duration.ofDays(36_525)));
    assertThat(THRICE.next(1, asking(Duration.ofNanos(1_999_999)), "s", NOON, null)).contains(NOON.plusMillis(1));
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> new RetryPolicy(new Backoff.Delays(List.of()), -1, List.of()))
        .hasMessageContaining("maxAttempts");
  }
}
