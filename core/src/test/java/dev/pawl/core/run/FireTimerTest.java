package dev.pawl.core.run;

import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.retryStep;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class FireTimerTest {
  private static FireTimer fire(World w) {
    Run run = w.runs.get(Samples.run(w));
    Instant due = run == null ? World.NOON : run.state().timers().getOrDefault(2, World.NOON);
    return new FireTimer(Mail.Key.timer(Samples.run(w), 2), due, 2);
  }

  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(FireTimerTest::fire, """
        ABSENT, CLOSED: takes the mail
        DELAYED, READY, FIRST_LEASE: same
        WAITING: TimerFired → READY
        LEASED: TimerFired → LEASED
        PAUSED: TimerFired → IDLE
        BLOCKED: TimerFired → BLOCKED""");
  }

  @Test
  void countsOnceHoweverOftenItIsDelivered() {
    World world = State.WAITING.world();
    FireTimer fire = fire(world);
    given(world).pass(Duration.ofHours(1)).when(w -> fire).then(new RunEvent.TimerFired(2)).effects(
        new Effect.Take(fire.key()))
        .satisfies(w -> given(w).when(again -> fire).unchanged());
  }

  @Test
  void anOldDeliveryThatIsDecidedBetweenTwoWaitsTakesNothing() {
    World world = State.FIRST_LEASE.world();
    RunId run = Samples.run(world);
    world.report(run, true, retryStep(1, 1, Duration.ofHours(1)));
    FireTimer old = (FireTimer) Deliveries.of(world.mails.get(Mail.Key.timer(run, 1)));
    world.pass(Duration.ofHours(1)).did(old);
    // Whatever this comes to may land after the step waits again, under the same key.
    given(world).when(w -> old).unchanged();
  }

  @Test
  void anOldDeliveryDoesNotEndANewWait() {
    World world = State.FIRST_LEASE.world();
    RunId run = Samples.run(world);
    world.report(run, true, retryStep(1, 1, Duration.ofHours(1)));
    FireTimer old = (FireTimer) Deliveries.of(world.mails.get(Mail.Key.timer(run, 1)));
    world.pass(Duration.ofHours(1)).did(old);
    world.turn(run, retryStep(1, 2, Duration.ofHours(2)));
    given(world).when(w -> old).unchanged()
        .satisfies(w -> assertThat(w.mails).containsKey(Mail.Key.timer(run, 1)));
  }

  @Test
  void historyNeverShowsATimerThatFiredEarly() {
    // The database says it is due; this node's reading of its clock lags behind.
    World world = State.WAITING.world();
    Instant due = world.run(Samples.run(world)).state().timers().get(2);
    world.now = due.minusMillis(3);
    world.did(fire(world));
    assertThat(world.histories.get(Samples.run(world)).getLast().at()).isEqualTo(due);
  }
}
