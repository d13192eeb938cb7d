package dev.pawl.engine.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RunId;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HintsTest {
  private final Hints hints = new Hints();
  private final SessionId mine = SessionId.random();
  private final SessionId others = SessionId.random();
  private final Random random = new Random(7);

  private RunId run() {
    return RunId.next("default", "w", Instant.parse("2027-01-01T00:00:00Z"), random);
  }

  private RunId ready(String type, int priority) {
    RunId run = run();
    assertThat(hints.add(run, type, priority, null, System.nanoTime(), null)).isTrue();
    return run;
  }

  private ParkedPoll<Object> poll(int max, String... types) {
    return new ParkedPoll<>(mine, null, Set.of(types), max, null);
  }

  @Test
  void givesByPriorityAndThenByAgeAcrossTypes() {
    RunId late = ready("A", 9);
    RunId first = ready("A", 5);
    RunId second = ready("B", 5);
    RunId urgent = ready("B", 0);
    RunId unserved = ready("C", 0);
    assertThat(hints.take(poll(3, "A", "B"), 3, id -> false)).containsExactly(urgent, first, second);
    assertThat(hints.take(poll(3, "A", "B"), 3, id -> false)).containsExactly(late);
    assertThat(hints.any(poll(1, "A", "B"), id -> false)).isFalse();
    assertThat(hints.countOf("A")).isZero();
    assertThat(hints.take(poll(3), 3, id -> false)).containsExactly(unserved);
  }

  @Test
  void keepsAParkedRunForItsSessionUntilThatHasHadItsTimeOrIsGone() {
    RunId run = run();
    hints.add(run, "A", 5, others, System.nanoTime() + TimeUnit.HOURS.toNanos(1), null);
    assertThat(hints.any(poll(1), id -> false)).isFalse();
    assertThat(hints.take(poll(1), 1, id -> false)).isEmpty();
    assertThat(hints.take(poll(1), 1, others::equals)).containsExactly(run);
    RunId waited = run();
    hints.add(waited, "A", 5, others, System.nanoTime() - 1, null);
    assertThat(hints.take(poll(1), 1, id -> false)).containsExactly(waited);
  }

  @Test
  void givesAPinnedRunOnlyToItsBuild() {
    hints.add(run(), "A", 5, null, System.nanoTime(), "build-2");
    assertThat(hints.any(poll(1), id -> false)).isFalse();
    assertThat(hints.any(new ParkedPoll<>(mine, "build-2", Set.of(), 1, null), id -> false)).isTrue();
  }

  @Test
  void aTypeThatNobodyServesDoesNotFillTheQueueForOthers() {
    for (int i = 0; i < 10_000; i++) ready("unserved", 5);
    assertThat(hints.add(run(), "unserved", 5, null, 0, null)).isFalse();
    RunId run = ready("served", 5);
    assertThat(hints.take(poll(5, "served"), 5, id -> false)).containsExactly(run);
  }
}
