package dev.pawl.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RunId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunIdTest {
  private static final java.util.random.RandomGenerator RANDOM = new java.util.Random(1);

  @Test
  void carriesTheLaneOfItsChain() {
    for (String id : List.of("", "a", "order-1", "order-2", "😀", "x".repeat(255))) {
      RunId run = RunId.next(World.NS, id, World.NOON, RANDOM);
      assertThat(run.lane()).isEqualTo(RunId.laneOf(World.NS, id)).isBetween(0, 65_535);
      assertThat(RunId.caused(run, 2, World.NS, id, World.NOON).lane()).isEqualTo(run.lane());
    }
  }

  @Test
  void isAUuidOfVersionSeven() {
    for (int i = 0; i < 100; i++) {
      java.util.UUID uuid = RunId.next(World.NS, "order-" + i, World.NOON.plusMillis(i), RANDOM).value();
      assertThat(uuid.version()).isEqualTo(7);
      assertThat(uuid.variant()).isEqualTo(2);
      assertThat(uuid.getMostSignificantBits() >>> 16).isEqualTo(World.NOON.toEpochMilli() + i);
      java.util.UUID caused =
          RunId.caused(new RunId(uuid), i, World.NS, "order-" + i, World.NOON.plusMillis(i)).value();
      assertThat(caused.version()).isEqualTo(7);
      assertThat(caused.variant()).isEqualTo(2);
    }
  }

  @Test
  void sortsByTimeAcrossMilliseconds() {
    List<RunId> ids = new ArrayList<>();
    for (int i = 0; i < 200; i++) ids.add(RunId.next(World.NS, "order-" + i, World.NOON.plusMillis(i), RANDOM));
    List<RunId> sorted = new ArrayList<>(ids);
    java.util.Collections.shuffle(sorted, new java.util.Random(2));
    java.util.Collections.sort(sorted);
    assertThat(sorted).isEqualTo(ids);
    // The order of text, which is that of every database, is the same.
    assertThat(ids.stream().map(RunId::toString).toList()).isSorted();
  }

  @Test
  void theSameCauseGivesTheSameIdAndAnotherCauseAnother() {
    RunId run = RunId.next(World.NS, "order-1", World.NOON, RANDOM);
    RunId two = RunId.caused(run, 2, World.NS, "order-1", World.NOON);
    assertThat(RunId.caused(run, 2, World.NS, "order-1", World.NOON)).isEqualTo(two);
    java.util.Set<RunId> all = new java.util.HashSet<>();
    for (int i = -5_000; i < 5_000; i++) all.add(RunId.caused(run, i, World.NS, "order-1", World.NOON));
    assertThat(all).hasSize(10_000);
  }

  @Test
  void spreadsOverTheLanes() {
    int[] lanes = new int[16];
    for (int i = 0; i < 16_000; i++) lanes[RunId.laneOf(World.NS, "order-" + i) % 16]++;
    for (int count : lanes) assertThat(count).isBetween(700, 1_300);
  }

  @Test
  void theLaneNeverChangesBecauseIdsLiveForEver() {
    assertThat(RunId.laneOf("default", "order-42")).isEqualTo(26257);
    assertThat(RunId.laneOf("", "")).isZero();
  }

  @Test
  void isReadBack() {
    RunId run = RunId.next(World.NS, "order-1", World.NOON, RANDOM);
    assertThat(RunId.parse(run.toString())).isEqualTo(run);
    TaskToken token = new TaskToken(run, 3, 2, 7);
    assertThat(TaskToken.parse(token.toString())).isEqualTo(token);
    for (String bad : List.of("", "x", run + "/1/2", run + "/1/2/3/4", run + "/a/2/3", "x/1/2/3")) {
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> TaskToken.parse(bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
