package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.MortalWorker.End;
import dev.pawl.chaos.node.NodeProcess;
import dev.pawl.core.job.JobEvent;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.worker.JobWorker;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.Until;
import dev.pawl.testbed.process.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A worker of jobs dies at points of its own, and another one ends its jobs. Ids in the names are the job contract's. */
@Tag("long")
@Timeout(120)
class WorkerDeathTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  static Stream<DatabaseServer> servers() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb());
  }

  static Stream<Arguments> deaths() {
    return servers().flatMap(server -> Stream.of(End.RECEIVED, End.BEFORE_EFFECT, End.AFTER_EFFECT)
        .map(end -> Arguments.argumentSet(end + " on " + server.name(), server, end)));
  }

  private Path effects() {
    return folder.resolve("effects");
  }

  private JavaProcess mortal(Database database, End end, int drain) {
    JavaProcess worker =
        JavaProcess.of(MortalWorker.class).args(NodeProcess.address(database), end, effects(), drain).start();
    worker.awaitLine(MortalWorker.READY, SOON);
    return worker;
  }

  /** While another worker is there, which does the jobs. */
  private void withHeir(PawlEngine engine, Runnable look) {
    JobWorker heir = JobWorker.on(engine.worker(), engine.jobWork()).handler(Jobs.handler(MortalWorker.TYPE, Object.class,
        (job, nothing) -> {
          MortalWorker.effect(job.effectKey(), effects());
          job.result("heir");
        })).settings(set -> set.drain = Duration.ofSeconds(5)).start();
    try {
      look.run();
    } finally {
      heir.close();
    }
  }

  private static JobId submit(PawlEngine engine, String key) {
    return Jobs.on(engine.jobs()).enqueue(MortalWorker.TYPE, key, null);
  }

  private static JobState state(PawlEngine engine, JobId id) {
    return engine.jobs().get("default", id).orElseThrow();
  }

  /** Leases of it that its holders lost. A success forgets them in the row, the ledger does not; who came second is in it too. */
  private static long losses(PawlEngine engine, JobId id) {
    return engine.jobs().ledger("default", id, 100).stream().filter(line -> switch (line.event()) {
      case LEASE_EXPIRED, NODE_LOST, LEASE_UNLISTED -> line.refused() == null;
      default -> false;
    }).count();
  }

  private static JobState ended(PawlEngine engine, JobId id) {
    Until.holds(SOON, () -> state(engine, id).phase().terminal());
    return state(engine, id);
  }

  private JobId diedOver(PawlEngine engine, Database database, End end) {
    try (JavaProcess doomed = mortal(database, end, 0)) {
      JobId id = submit(engine, "wanted-by-two");
      doomed.awaitLine(MortalWorker.HAS, SOON);
      assertThat(doomed.awaitExit(SOON)).isEqualTo(137);
      return id;
    }
  }

  @ParameterizedTest
  @MethodSource("deaths")
  @DisplayName("CP4-CP6, O3: a worker dies with the job in hand, before its handler, before and behind its effect; the next one ends it under the same effect key")
  void theNextOneEndsIt(DatabaseServer server, End end) throws IOException {
    Database database = server.fresh();
    try (PawlEngine engine = PawlEngine.open(database.dataSource(), config -> config.leases = MortalWorker.LEASES)) {
      JobId id = diedOver(engine, database, end);
      withHeir(engine, () -> {
        JobState job = ended(engine, id);
        assertThat(job.phase()).isEqualTo(JobPhase.SUCCEEDED);
        assertThat(job.epoch()).isEqualTo(2);
        assertThat(losses(engine, id)).isEqualTo(1);
        assertThat(job.attempt()).as("and no attempt of its own").isEqualTo(1);
      });
      List<String> done = Files.readAllLines(effects());
      assertThat(done).hasSize(end == End.AFTER_EFFECT ? 2 : 1);
      assertThat(done.stream().distinct()).as("so that whoever is called can tell").hasSize(1);
      assertThat(engine.jobs().ledger("default", id, 100)).noneMatch(line -> line.papers() != null);
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  @DisplayName("N4, CP17: who drains keeps its leases as long as it beats; what it gives back is handed out at once without a penalty")
  void whatIsGivenBackHasNoPenalty(DatabaseServer server) {
    Database database = server.fresh();
    try (PawlEngine engine = PawlEngine.open(database.dataSource(), config -> config.leases = MortalWorker.LEASES);
        JavaProcess drained = mortal(database, End.NEVER, 8)) {
      List<JobId> ids = twoInHand(engine, drained);
      drained.terminate();
      drained.awaitLine("drains", SOON);
      submit(engine, "nothing-new-for-it");
      drained.awaitLine("drained", SOON);
      // It took longer than a lease: its heartbeats went on.
      for (JobId id : ids) {
        assertThat(state(engine, id).leased()).isFalse();
        assertThat(engine.jobs().ledger("default", id, 100)).extracting(line -> line.event())
            .contains(JobEvent.ABANDON);
        assertThat(losses(engine, id)).isZero();
      }
      assertThat(drained.awaitExit(SOON)).isZero();
      assertThat(drained.lines()).filteredOn(line -> line.startsWith(MortalWorker.HAS)).hasSize(2);
      withHeir(engine, () -> {
        for (JobId id : ids) assertThat(ended(engine, id)).matches(job -> job.epoch() == 2 && job.attempt() == 1);
      });
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  @DisplayName("N4: who is killed at the end of its grace, while it drains, loses its leases like any other")
  void whoIsKilledWhileItDrainsLosesItsLeases(DatabaseServer server) {
    Database database = server.fresh();
    try (PawlEngine engine = PawlEngine.open(database.dataSource(), config -> config.leases = MortalWorker.LEASES);
        JavaProcess killed = mortal(database, End.NEVER, 300)) {
      List<JobId> ids = twoInHand(engine, killed);
      killed.terminate();
      killed.awaitLine("drains", SOON);
      Until.holds(SOON, () -> engine.store().sessions(10).stream().anyMatch(one -> one.session().state().equals("DRAINING")));
      for (JobId id : ids) assertThat(state(engine, id).leased()).isTrue();
      killed.kill9();
      withHeir(engine, () -> {
        for (JobId id : ids) {
          JobState job = ended(engine, id);
          assertThat(job.phase()).isEqualTo(JobPhase.SUCCEEDED);
          assertThat(job.epoch()).isEqualTo(2);
          assertThat(losses(engine, id)).isEqualTo(1);
          assertThat(job.attempt()).isEqualTo(1);
        }
      });
    }
  }

  private static List<JobId> twoInHand(PawlEngine engine, JavaProcess worker) {
    List<JobId> ids = new ArrayList<>();
    for (String key : List.of("long-one", "long-two")) {
      ids.add(submit(engine, key));
      worker.awaitLine(MortalWorker.HAS + key, SOON);
    }
    return ids;
  }
}
