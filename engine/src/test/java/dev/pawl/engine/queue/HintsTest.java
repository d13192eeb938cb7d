package dev.pawl.engine.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.Fairness;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
    assertThat(hints.add(run, type, priority, null, null, System.nanoTime(), null)).isTrue();
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
  void keysHaveTheirTurnsByWeightAndWhoComesLateBeginsWhereTheOthersAre() {
    List<RunId> order = new ArrayList<>();
    RunId[] loud = IntStream.range(0, 6).mapToObj(i -> keyed("loud", 1)).toArray(RunId[]::new);
    RunId[] heavy = IntStream.range(0, 4).mapToObj(i -> keyed("heavy", 2)).toArray(RunId[]::new);
    RunId plain = ready("A", 5);
    for (int i = 0; i < 4; i++) order.addAll(hints.take(poll(1), 1, id -> false));
    assertThat(order).containsExactly(loud[0], heavy[0], plain, heavy[1]);
    RunId late = keyed("late", 1);
    assertThat(hints.take(poll(20), 20, id -> false)).containsExactly(
        late, loud[1], heavy[2], heavy[3], loud[2], loud[3], loud[4], loud[5]);
  }

  private RunId keyed(String key, int weight) {
    RunId run = run();
    hints.add(run, "A", 5, new Fairness(key, weight), null, System.nanoTime(), null);
    return run;
  }

  @Test
  void keepsAParkedRunForItsSessionUntilThatHasHadItsTimeOrIsGone() {
    RunId run = run();
    hints.add(run, "A", 5, null, others, System.nanoTime() + TimeUnit.HOURS.toNanos(1), null);
    assertThat(hints.any(poll(1), id -> false)).isFalse();
    assertThat(hints.take(poll(1), 1, id -> false)).isEmpty();
    assertThat(hints.take(poll(1), 1, others::equals)).containsExactly(run);
    RunId waited = run();
    hints.add(waited, "A", 5, null, others, System.nanoTime() - 1, null);
    assertThat(hints.take(poll(1), 1, id -> false)).containsExactly(waited);
  }

  @Test
  void givesAPinnedRunOnlyToItsBuild() {
    hints.add(run(), "A", 5, null, null, System.nanoTime(), "build-2");
    assertThat(hints.any(poll(1), id -> false)).isFalse();
    assertThat(hints.any(new ParkedPoll<>(mine, "build-2", Set.of(), 1, null), id -> false)).isTrue();
  }

  @Test
  void aTypeThatNobodyServesDoesNotFillTheQueueForOthers() {
    for (int i = 0; i < 10_000; i++) ready("unserved", 5);
    assertThat(hints.add(run(), "unserved", 5, null, null, 0, null)).isFalse();
    RunId run = ready("served", 5);
    assertThat(hints.take(poll(5, "served"), 5, id -> false)).containsExactly(run);
  }
}
