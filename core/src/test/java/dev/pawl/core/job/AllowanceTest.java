package dev.pawl.core.job;

import static dev.pawl.core.job.JobSamples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AllowanceTest {
  @Test
  void countsWhatRunsForTheTypeAndForEachKey() {
    Allowance now = new Allowance(JobLimits.NONE.running(4).runningPerKey(2), Map.of("a", 1, "", 1), NOON);
    assertThat(now.grant("a")).isTrue();
    assertThat(now.grant("a")).isFalse();
    assertThat(now.full()).containsExactly("a");
    assertThat(now.grant("b")).isTrue();
    assertThat(now.closed()).isTrue();
    assertThat(now.grant(null)).isFalse();
    assertThat(now.again()).as("only an end makes room").isNull();
  }

  @Test
  void spreadsARateAndSaysWhenTheNextMayGo() {
    JobLimits limits = JobLimits.NONE.rate(new JobRate(60, Duration.ofMinutes(1), 3));
    Allowance first = new Allowance(limits, Map.of(), NOON);
    for (int i = 0; i < 3; i++) assertThat(first.grant(null)).isTrue();
    assertThat(first.grant(null)).isFalse();
    assertThat(first.again()).isEqualTo(NOON.plusSeconds(1));

    Allowance later = new Allowance(limits, Map.of(), NOON.plusSeconds(2));
    later.know(first.moved());
    assertThat(later.grant("any")).isTrue();
    assertThat(later.grant(null)).isTrue();
    assertThat(later.grant(null)).isFalse();
  }

  @Test
  void oneKeyThatIsTooFastHoldsUpNoOther() {
    Allowance now = new Allowance(JobLimits.NONE.ratePerKey(JobRate.of(1, Duration.ofSeconds(10))), Map.of(), NOON);
    assertThat(now.grant("a")).isTrue();
    assertThat(now.grant("a")).isFalse();
    assertThat(now.grant("b")).isTrue();
    assertThat(now.closed()).isFalse();
    assertThat(now.moved()).containsOnlyKeys("a", "b");
    assertThat(now.again()).isEqualTo(NOON.plusSeconds(10));
  }

  @Test
  void neverMoreInAnyPeriodThanTheRateSays() {
    Random random = new Random(20261122);
    for (int round = 0; round < 50; round++) {
      int permits = 1 + random.nextInt(20);
      JobRate rate = new JobRate(permits, Duration.ofMillis(20 + random.nextInt(5_000)), 1 + random.nextInt(permits));
      Map<String, Instant> next = new HashMap<>();
      List<Instant> gone = new ArrayList<>();
      Instant now = NOON;
      for (int i = 0; i < 300; i++) {
        now = now.plusMillis(random.nextInt((int) rate.period().toMillis() / 4 + 1));
        Allowance allowance = new Allowance(JobLimits.NONE.rate(rate), Map.of(), now);
        allowance.know(next);
        for (int wanted = random.nextInt(5); wanted > 0; wanted--) if (allowance.grant(null)) gone.add(now);
        next.putAll(allowance.moved());
      }
      for (Instant from : gone) {
        long within = gone.stream().filter(at -> !at.isBefore(from) && at.isBefore(from.plus(rate.period()))).count();
        assertThat(within).as("%s from %s", rate, from).isLessThanOrEqualTo(rate.permits() + rate.burst() - 1);
      }
    }
  }

  @Test
  void refusesLimitsThatMakeNoSense() {
    assertThatThrownBy(() -> JobLimits.NONE.running(0)).hasMessageContaining("running: expected 1 to 1000000");
    assertThatThrownBy(() -> new JobRate(10, Duration.ofSeconds(1), 11)).hasMessageContaining("burst: expected 1 to 10");
    assertThatThrownBy(() -> JobRate.of(2_000, Duration.ofMillis(1))).hasMessageContaining("one per microsecond");
    assertThatThrownBy(() -> JobTies.NONE.limitKey(" ")).hasMessageContaining("limitKey: expected 1 to 128");
  }
}
