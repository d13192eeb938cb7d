package dev.pawl.core.job;

import static dev.pawl.core.job.JobSamples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private static final Breaker CLOSED = Breaker.closed("default", "billing-api", NOON);

  private static Breaker failed(Breaker from, int times, Instant now) {
    Breaker there = from;
    for (int i = 0; i < times; i++) there = there.failed("connection refused", now);
    return there;
  }

  @Test
  void opensAfterFiveFailuresInAMinute() {
    assertThat(failed(CLOSED, 4, NOON).state()).isEqualTo(Breaker.State.CLOSED);
    Breaker open = failed(CLOSED, 5, NOON);
    assertThat(open.state()).isEqualTo(Breaker.State.OPEN);
    assertThat(open.until()).isEqualTo(NOON.plusSeconds(10));
    assertThat(open.most()).isZero();
    assertThat(open.why()).isEqualTo("connection refused");
    assertThat(failed(failed(CLOSED, 4, NOON), 4, NOON.plusSeconds(60)).state()).isEqualTo(Breaker.State.CLOSED);
    assertThat(failed(failed(CLOSED, 4, NOON).succeeded(1, NOON), 4, NOON).state()).isEqualTo(Breaker.State.CLOSED);
  }

  @Test
  void comesBackByDegrees() {
    Instant later = NOON.plusSeconds(10);
    Breaker there = failed(CLOSED, 5, NOON);
    assertThat(there.at(NOON.plusMillis(9_999)).most()).isZero();
    assertThat(there.succeeded(3, NOON)).as("late news").isEqualTo(there);
    for (int most = 1; most <= Breaker.FULL; most *= 2) {
      assertThat(there.at(later).most()).isEqualTo(most);
      there = there.succeeded(most, later);
    }
    assertThat(there).isEqualTo(Breaker.closed("default", "billing-api", later));
  }

  @Test
  void waitsLongerEachTimeItComesBackTooEarly() {
    Breaker there = failed(CLOSED, 5, NOON);
    Instant now = NOON;
    for (long seconds : new long[] {10, 20, 40, 80, 160, 320, 600, 600}) {
      Instant until = there.until();
      assertThat(Duration.between(now, until)).hasSeconds(seconds);
      now = until;
      there = there.succeeded(1, now).failed("still down", now);
    }
  }

  @Test
  void anOperatorHasTheLastWord() {
    Breaker down = CLOSED.trip("maintenance until six", NOON);
    assertThat(down.at(NOON.plus(Duration.ofDays(9))).most()).isZero();
    assertThat(down.probe(NOON).most()).isEqualTo(1);
    assertThat(CLOSED.probe(NOON)).isEqualTo(CLOSED);
  }
}
