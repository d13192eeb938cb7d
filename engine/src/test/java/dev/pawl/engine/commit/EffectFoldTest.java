package dev.pawl.engine.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.value.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EffectFoldTest {
  private static final Instant NOON = Instant.parse("2027-01-01T12:00:00Z");
  private final RunId run = RunId.next("default", "w", NOON, new Random(1));
  private final RunId next = RunId.next("default", "w", NOON, new Random(2));
  private final RunId third = RunId.next("default", "w", NOON, new Random(3));
  private final Mail timer = new Mail(Mail.Key.timer(run, 1), NOON, new Mail.TimerDue(1));
  private final EffectFold fold = new EffectFold();

  @Test
  void aTimerSetAndTakenBackWasNeverThere() {
    assertThat(fold.add(List.of(new Effect.Post(timer)))).isTrue();
    assertThat(fold.add(List.of(new Effect.Unpost(timer.key())))).isTrue();
    assertThat(fold.all()).isEmpty();
  }

  @Test
  void aTimerThatFiredAndIsSetAgainWaitsForTheNextGroup() {
    assertThat(fold.add(List.of(new Effect.Take(timer.key())))).isTrue();
    assertThat(fold.add(List.of(new Effect.Post(timer)))).isFalse();
    assertThat(fold.all()).containsExactly(new Effect.Take(timer.key()));
    assertThat(fold.takesMail()).isTrue();
  }

  @Test
  void aMailDeliveredTwiceIsTakenOnce() {
    fold.add(List.of(new Effect.Take(timer.key())));
    assertThat(fold.add(List.of(new Effect.Take(timer.key())))).isTrue();
    assertThat(fold.all()).containsExactly(new Effect.Take(timer.key()));
  }

  @Test
  void aChainThatMovesTwiceMovesFromTheFirstToTheLast() {
    fold.add(List.of(new Effect.PointChain("default", "w", null, run, 1)));
    assertThat(fold.add(List.of(new Effect.PointChain("default", "w", run, next, 2)))).isTrue();
    assertThat(fold.all()).containsExactly(new Effect.PointChain("default", "w", null, next, 2));
    assertThat(fold.add(List.of(new Effect.PointChain("default", "w", run, third, 3)))).isFalse();
  }

  @Test
  void nothingOfADecisionIsAddedIfOnePartDoesNotFit() {
    fold.add(List.of(new Effect.Take(timer.key())));
    Effect.PointChain point = new Effect.PointChain("default", "w", null, run, 1);
    assertThat(fold.add(List.of(point, new Effect.Post(timer)))).isFalse();
    assertThat(fold.all()).doesNotContain(point);
  }
}
