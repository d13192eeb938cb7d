package dev.pawl.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.LossBudget;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** D2: the delays of the contract's section 7, to the millisecond. The vectors were computed by another program. */
class BackoffProfileTest {
  private static final JobId ONE = JobId.parse("0199a0c0-0000-7000-8000-000000000001");
  private static final JobId TWO = JobId.parse("ffffffff-ffff-4fff-bfff-ffffffffffff");

  @Test
  void vectors() {
    assertThat(delays(BackoffProfile.FAST, ONE)).containsExactly(919, 2029, 3969, 7944);
    assertThat(delays(BackoffProfile.STANDARD, ONE))
        .containsExactly(4594, 10144, 19847, 39722, 87146, 159379, 302192);
    assertThat(delays(BackoffProfile.SLOW, ONE))
        .containsExactly(55129, 91294, 133968, 201093, 330882, 453855, 645404, 1014270, 1429976);
    assertThat(delays(BackoffProfile.FAST, TWO)).containsExactly(986, 2132, 4024, 8415);
    assertThat(delays(BackoffProfile.STANDARD, TWO))
        .containsExactly(4931, 10659, 20120, 42075, 72881, 166224, 332198);
    assertThat(delays(BackoffProfile.SLOW, TWO))
        .containsExactly(59168, 95928, 135813, 213006, 276722, 473350, 709490, 1046342, 1537163);
    assertThat(delays(BackoffProfile.NONE, ONE)).isEmpty();
  }

  @Test
  void vectorsOfLosses() {
    assertThat(losses(ONE)).containsExactly(0, 4594, 15216, 44656);
    assertThat(losses(TWO)).containsExactly(0, 4931, 15988, 45271);
    assertThat(LossBudget.delay(5, ONE.toString())).isEmpty();
  }

  @Test
  void growsToItsCapAndStaysThere() {
    assertThat(BackoffProfile.FAST.delay(ONE, 50, null)).isBetween(Duration.ofSeconds(54), Duration.ofSeconds(66));
    assertThat(BackoffProfile.STANDARD.delay(ONE, 99, null)).isBetween(Duration.ofSeconds(540), Duration.ofSeconds(660));
  }

  @Test
  void aWishLengthensOnlyAndNotBeyondHalfAnHour() {
    assertThat(BackoffProfile.FAST.delay(ONE, 1, Duration.ofMillis(5))).isEqualTo(Duration.ofMillis(919));
    assertThat(BackoffProfile.FAST.delay(ONE, 1, Duration.ofSeconds(7))).isEqualTo(Duration.ofSeconds(7));
    assertThat(BackoffProfile.FAST.delay(ONE, 1, Duration.ofHours(7))).isEqualTo(Duration.ofMinutes(30));
  }

  private static long[] delays(BackoffProfile profile, JobId job) {
    return IntStream.range(1, profile.maxAttempts()).mapToLong(n -> profile.delay(job, n, null).toMillis()).toArray();
  }

  private static long[] losses(JobId job) {
    return LongStream.rangeClosed(1, 4)
        .map(n -> LossBudget.delay((int) n, job.toString()).orElseThrow().toMillis()).toArray();
  }
}
