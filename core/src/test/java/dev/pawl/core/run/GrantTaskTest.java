package dev.pawl.core.run;

import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.signal;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class GrantTaskTest {
  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> new GrantTask(Samples.run(w), World.ANN), """
        ABSENT: `run_not_found`
        DELAYED, FIRST_LEASE, WAITING, LEASED, PAUSED, BLOCKED, CLOSED: `task_not_found`
        READY: → LEASED""");
  }

  @Test
  void everyGrantHasTheNextEpoch() {
    World world = State.READY.world();
    RunId run = world.current(ORDER).id();
    assertThat(world.grant(run, World.ANN)).isEqualTo(new TaskToken(run, 0, 1, 1));
    world.did(new LoseTask(run, 1, "SESSION_EXPIRED"));
    assertThat(world.grant(run, World.BOB)).isEqualTo(new TaskToken(run, 0, 2, 2));
  }

  @Test
  void noGrantHasAnEpochOfATimeThatWasLost() {
    World world = State.READY.world();
    Run run = world.current(ORDER);
    var grant = (Decision.Change<GrantTask.Granted>) new GrantTask(run.id(), World.ANN)
        .decide(Situation.of(run, World.NOON.plus(Duration.ofDays(1)), 1L << 32));
    assertThat(grant.answer().token().epoch()).isEqualTo((1L << 32) + 1);
  }

  @Test
  void aDelayedRunIsGrantedWhenItsTimeHasCome() {
    given(State.DELAYED).pass(Duration.ofHours(1).minusNanos(1000))
        .when(w -> new GrantTask(w.current(ORDER).id(), World.ANN)).rejected(Code.TASK_NOT_FOUND)
        .pass(Duration.ofNanos(1000))
        .when(w -> new GrantTask(w.current(ORDER).id(), World.ANN)).isLeft(Phase.LEASED);
  }

  @Test
  void theSessionThatParkedTheRunGetsTheNewEventsOnly() {
    World world = State.WAITING.world();
    RunId run = world.current(ORDER).id();
    long known = world.run(run).state().lastSeq();
    world.did(signal(ORDER, "s-9"));
    assertThat(((Decision.Change<GrantTask.Granted>) world.decide(new GrantTask(run, World.ANN))).answer().knownSeq())
        .isEqualTo(known);
    assertThat(((Decision.Change<GrantTask.Granted>) world.decide(new GrantTask(run, World.BOB))).answer().knownSeq())
        .isZero();
  }

  @Test
  void afterALostLeaseNobodyKnowsAnything() {
    World world = State.LEASED.world();
    RunId run = world.current(ORDER).id();
    world.did(new ReleaseTask(Requests.token(run, world.run(run).task().epoch()), World.ANN));
    assertThat(((Decision.Change<GrantTask.Granted>) world.decide(new GrantTask(run, World.ANN))).answer().knownSeq())
        .isZero();
  }
}
