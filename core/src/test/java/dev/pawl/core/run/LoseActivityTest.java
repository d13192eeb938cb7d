package dev.pawl.core.run;

import static dev.pawl.core.run.Requests.activity;
import static dev.pawl.core.run.Requests.failure;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LoseActivityTest {
  /** The activity's token as its worker has it; something that never was, where there is none. */
  private static TaskToken token(World w) {
    ActivityTask task = task(w);
    return task == null ? new TaskToken(Samples.run(w), 1, 1, 1) : task.token();
  }

  private static ActivityTask task(World w) {
    return w.tasks.get(new TaskId(Samples.run(w), 1));
  }

  private static Outcome failed(String type) {
    return Outcome.failed(failure(type));
  }

  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> new LoseActivity(token(w).id(), token(w).epoch(), "SESSION_EXPIRED"), """
        ABSENT: `run_not_found`
        DELAYED, READY, FIRST_LEASE, CLOSED: same
        WAITING, PAUSED: activity 1 WAITING (attempt 1, losses 1) → IDLE
        LEASED: activity 1 WAITING (attempt 1, losses 1) → LEASED
        BLOCKED: activity 1 WAITING (attempt 1, losses 1) → BLOCKED""");
  }

  private static void lose(World w) {
    w.now = task(w).visibleAt();
    ActivityTask leased = w.lease(Samples.run(w), 1, World.BOB);
    w.did(new LoseActivity(leased.id(), leased.epoch(), "SESSION_EXPIRED"));
  }

  @Test
  void whoeverGetsItNextShouldVerifyFirst() {
    given(State.WAITING).when(w -> new LoseActivity(token(w).id(), token(w).epoch(), "LEASE_UNLISTED"))
        .then().noted("LEASE_REVOKED", "LEASE_UNLISTED")
        .satisfies(w -> {
          assertThat(task(w).ambiguous()).isTrue();
          assertThat(task(w).visibleAt()).as("the first loss costs no time").isEqualTo(w.now);
        });
  }

  @Test
  void lossesAreABudgetOfTheirOwn() {
    World world = State.WAITING.world();
    world.did(new LoseActivity(token(world).id(), token(world).epoch(), "SESSION_EXPIRED"));
    for (int i = 0; i < 3; i++) lose(world);
    assertThat(task(world).losses()).isEqualTo(4);
    assertThat(task(world).attempt()).isEqualTo(1);
    lose(world);
    assertThat(task(world).attempt()).as("the fifth is a failure of the attempt").isEqualTo(2);
    assertThat(task(world).losses()).isZero();
    assertThat(task(world).lastFailure().type()).isEqualTo(Failure.LEASE_LOSSES);
    assertThat(task(world).ambiguous()).isTrue();
    for (int i = 0; i < 5; i++) lose(world);
    assertThat(task(world)).as("attempts are used up as well").isNull();
    RunEvent last = world.facts(Samples.run(world)).getLast();
    assertThat(last).isInstanceOfSatisfying(RunEvent.ActivityFailed.class,
        e -> assertThat(e.failure().type()).isEqualTo(Failure.LEASE_LOSSES));
  }

  @Test
  void doubtStaysWithTheNextAttempt() {
    World world = State.WAITING.world();
    world.did(new LoseActivity(token(world).id(), token(world).epoch(), "SESSION_EXPIRED"));
    world.lease(Samples.run(world), 1, World.BOB);
    world.did(new ReportActivity(token(world), World.BOB, failed("Busy")));
    assertThat(task(world).attempt()).isEqualTo(2);
    assertThat(task(world).ambiguous()).isTrue();
  }

  @Test
  void anotherLeaseIsLeftAlone() {
    given(State.WAITING).when(w -> new LoseActivity(token(w).id(), 0, "SESSION_EXPIRED")).unchanged()
        .when(w -> new LoseActivity(token(w).id(), token(w).epoch() + 1, "SESSION_EXPIRED")).unchanged();
  }

  @Test
  void aWorkerThatSaidGoodbyeCostsNothing() {
    given(State.WAITING).when(w -> new LoseActivity(token(w).id(), token(w).epoch(), LoseTask.SESSION_CLOSED))
        .satisfies(w -> assertThat(task(w).losses()).isZero());
  }

  @Test
  void oneThatShouldStopIsCancelledInstead() {
    World world = State.LEASED.world();
    world.report(Samples.run(world), true, new Command.CancelActivity(1));
    given(world).when(w -> new LoseActivity(token(w).id(), token(w).epoch(), "SESSION_EXPIRED"))
        .then(new RunEvent.ActivityCancelled(1, 1));
  }
}
