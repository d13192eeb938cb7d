package dev.pawl.engine.duty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.testbed.Until;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loop whose duties break is not well, and says so; and it goes on. */
@Timeout(180)
class DutyLoopTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  private static DutyLoop loop(Duty duty, EngineMetrics metrics) {
    return new DutyLoop("test", List.of(duty), InstantSource.system(), metrics);
  }

  @Test
  void anErrorEndsATurnAndNotTheThread() {
    var turns = new AtomicInteger();
    var mended = new CountDownLatch(1);
    try (DutyLoop loop = loop(now -> {
      turns.incrementAndGet();
      if (mended.getCount() > 0) throw new StackOverflowError("too deep");
      return 0;
    }, EngineMetrics.NONE)) {
      loop.start();
      Until.holds(SOON, () -> turns.get() >= 2);
      assertThat(loop.failing()).isPositive();
      assertThat(loop.failure()).contains("too deep");
      assertThat(loop.dead()).isFalse();
      mended.countDown();
      Until.holds(SOON, () -> loop.failing().isZero());
    }
  }

  @Test
  void aThreadThatEndedAllTheSameIsSeen() {
    EngineMetrics broken = new EngineMetrics() {
      @Override
      public void dutyFailed(String duty) {
        throw new OutOfMemoryError("there is none left to count with");
      }
    };
    try (DutyLoop loop = loop(now -> {
      throw new IllegalStateException("broken");
    }, broken)) {
      assertThat(loop.dead()).isFalse();
      loop.start();
      Until.holds(SOON, loop::dead);
    }
  }

  @Test
  void aTurnThatDoesNotEndGrowsOld() {
    var never = new Semaphore(0);
    try (DutyLoop loop = loop(now -> {
      never.acquireUninterruptibly();
      return 0;
    }, EngineMetrics.NONE)) {
      loop.start();
      Until.holds(SOON, () -> loop.stuck().compareTo(Duration.ofMillis(50)) > 0);
      never.release(1_000);
      Until.holds(SOON, () -> loop.stuck().isZero());
    }
  }
}
