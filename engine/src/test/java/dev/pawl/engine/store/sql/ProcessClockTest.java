package dev.pawl.engine.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.store.sql.ProcessClock.Checked;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Wall clocks that jump, in microseconds that the test makes up. */
class ProcessClockTest {
  private static final long SECOND = 1_000_000;
  private static final long DAY = 86_400 * SECOND;
  private static final long NEVER = Long.MIN_VALUE;
  private final ProcessClock clock = new ProcessClock();

  @Test
  void isTheWallClockWhileThatBehaves() {
    assertThat(clock.check(DAY, 0, NEVER)).isEqualTo(new Checked(DAY, 0));
    assertThat(clock.at(DAY + 5, 5)).isEqualTo(DAY + 5);
    // Adjusted by a few microseconds in ten seconds, as time services do.
    assertThat(clock.check(DAY + 10 * SECOND + 300, 10 * SECOND, DAY)).isEqualTo(new Checked(DAY + 10 * SECOND + 300, 0));
  }

  @Test
  void goesOnAtTheSteadyPaceWhenTheWallClockIsSetBack() {
    clock.check(DAY, 0, NEVER);
    assertThat(clock.at(0, 7 * SECOND)).isEqualTo(DAY + 7 * SECOND);
    assertThat(clock.at(SECOND, 8 * SECOND)).isEqualTo(DAY + 8 * SECOND);
    assertThat(clock.check(3 * SECOND, 10 * SECOND, DAY).jumped()).isEqualTo(-DAY - 7 * SECOND);
    assertThat(clock.check(13 * SECOND, 20 * SECOND, DAY).jumped()).as("said once").isZero();
  }

  @Test
  void givesUpATenthOfItsLeadUntilTheWallClockHasCaughtUp() {
    clock.check(100 * SECOND, 0, NEVER);
    clock.at(0, 0);
    long before = 100 * SECOND;
    for (int i = 1; i <= 200; i++) {
      long now = clock.check(i * 10 * SECOND, i * 10 * SECOND, before).time();
      assertThat(now).isGreaterThan(before);
      before = now;
    }
    assertThat(before).isEqualTo(2000 * SECOND);
  }

  @Test
  void followsAWallClockThatJumpsAheadAndSaysSo() {
    clock.check(0, 0, NEVER);
    assertThat(clock.at(DAY, SECOND)).isEqualTo(DAY);
    assertThat(clock.check(DAY + SECOND, 2 * SECOND, 0)).isEqualTo(new Checked(DAY + SECOND, DAY - SECOND));
  }

  @Test
  void neverLiesBehindWhatTheDatabaseHasSeen() {
    assertThat(clock.check(0, 0, DAY)).as("at the opening").isEqualTo(new Checked(DAY, -DAY));
    assertThat(clock.at(SECOND, SECOND)).isEqualTo(DAY + SECOND);
    assertThat(clock.check(2 * SECOND, 2 * SECOND, 3 * DAY).time()).as("another process is ahead").isEqualTo(3 * DAY);
  }

  @Test
  void saysWhenAnotherProcessIsAhead() {
    clock.check(0, 0, NEVER);
    assertThat(clock.check(SECOND, SECOND, DAY + SECOND).jumped()).isEqualTo(DAY);
  }

  @Test
  void neverGoesBackWhateverHappens() {
    SplittableRandom random = new SplittableRandom(11);
    long steady = 0;
    long wall = 50 * DAY;
    long watermark = NEVER;
    long last = Long.MIN_VALUE;
    for (int i = 0; i < 20_000; i++) {
      long passes = random.nextLong(SECOND);
      steady += passes;
      wall += random.nextInt(20) == 0 ? random.nextLong(-DAY, DAY) : passes;
      long now;
      if (random.nextInt(4) == 0) {
        now = clock.check(wall, steady, watermark).time();
        assertThat(now).isGreaterThanOrEqualTo(watermark);
        watermark = now + (random.nextInt(50) == 0 ? random.nextLong(DAY) : 0);
      } else {
        now = clock.at(wall, steady);
      }
      assertThat(now).isGreaterThanOrEqualTo(last);
      last = now;
    }
  }
}
