package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class LoseTaskTest {
  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> new LoseTask(Samples.run(w), w.runs.containsKey(Samples.run(w))
        ? w.run(Samples.run(w)).task().epoch() : 1, "SESSION_EXPIRED"), """
        ABSENT: `run_not_found`
        DELAYED, READY, WAITING, PAUSED, BLOCKED, CLOSED: same
        FIRST_LEASE, LEASED: → READY""");
  }

  @Test
  void restsLongerEachTimeThenBlocks() {
    World world = State.READY.world();
    RunId run = world.current(ORDER).id();
    List<Long> waits = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      world.grant(run, World.ANN);
      world.did(new LoseTask(run, i, "SESSION_EXPIRED"));
      WorkflowTask task = world.run(run).task();
      if (i < 5) waits.add(Duration.between(world.now, task.visibleAt()).toMillis());
      world.now = task.visibleAt();
    }
    assertThat(waits.get(0)).isZero();
    assertThat(waits.get(1)).isBetween(4_500L, 5_500L);
    assertThat(waits.get(2)).isBetween(13_500L, 16_500L);
    assertThat(waits.get(3)).isBetween(40_500L, 49_500L);
    assertThat(world.run(run).task().phase()).isEqualTo(Phase.BLOCKED);
    assertThat(world.run(run).task().reason()).startsWith("LEASE_LOSSES: 5 workers").contains("SESSION_EXPIRED");
    assertThat(world.noted()).containsEntry("LEASE_REVOKED", 5).containsEntry("RUN_BLOCKED", 1);
  }

  @Test
  void anotherLeaseIsLeftAlone() {
    given(State.LEASED).when(w -> new LoseTask(w.current(ORDER).id(), 1, "SESSION_EXPIRED")).unchanged()
        .isLeft(Phase.LEASED);
  }

  @Test
  void theSecondNodeFindsThatItHasHappened() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    given(world).when(w -> new LoseTask(run, 1, "SESSION_EXPIRED")).noted("LEASE_REVOKED", "SESSION_EXPIRED")
        .when(w -> new LoseTask(run, 1, "SESSION_EXPIRED")).unchanged()
        .satisfies(w -> assertThat(w.run(run).task().losses()).isEqualTo(1));
  }

  @Test
  void aWorkerThatSaidGoodbyeCostsNothing() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    given(world).when(w -> new LoseTask(run, 1, LoseTask.SESSION_CLOSED)).isLeft(Phase.READY)
        .satisfies(w -> assertThat(w.run(run).task().losses()).isZero());
  }

  @Test
  void aReportThatComesBeforeTheRevocationCounts() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    world.pass(Duration.ofHours(1)).report(run, true, Requests.complete());
    assertThat(world.run(run).state().status()).isEqualTo(RunStatus.COMPLETED);
    given(world).when(w -> new LoseTask(run, 1, "SESSION_EXPIRED")).unchanged();
  }

  @Test
  void anAcceptedReportClearsTheCount() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    world.did(new LoseTask(run, 1, "SESSION_EXPIRED"));
    world.turn(run);
    assertThat(world.run(run).task().losses()).isZero();
  }

  @Test
  void theNewWorkerIsNotDisturbedByTheOldOne() {
    World world = State.FIRST_LEASE.world();
    RunId run = world.current(ORDER).id();
    ReportTask old = world.reportOf(run, true, Requests.complete());
    world.did(new LoseTask(run, 1, "SESSION_EXPIRED"));
    given(world).when(w -> old).rejected(Code.LEASE_LOST)
        .and(w -> w.grant(run, World.BOB))
        .when(w -> old).rejected(Code.LEASE_LOST).saying(World.BOB.toString());
  }
}
