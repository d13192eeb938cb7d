package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.client.ErrandClients;
import dev.pawl.chaos.errand.Errand;
import dev.pawl.chaos.node.NodeProcess;
import dev.pawl.chaos.round.ErrandVerdict;
import dev.pawl.chaos.round.Round;
import dev.pawl.core.job.JobState;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.Until;
import dev.pawl.testbed.fault.Armed;
import dev.pawl.testbed.fault.Direction;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import dev.pawl.testbed.fault.When;
import dev.pawl.testbed.ledger.Trouble;
import dev.pawl.testbed.process.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes with jobs in hand are frozen and cut off, their database dies. Ids in the names are the job contract's. */
@Tag("long")
@Timeout(180)
class JobDeathTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  static Stream<Database> databases() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb()).map(DatabaseServer::fresh);
  }

  static Stream<Arguments> cuts() {
    return Stream.of(Arguments.of(Databases.postgres().fresh(), Direction.TO_SERVER),
        Arguments.of(Databases.postgres().fresh(), Direction.TO_CLIENT),
        Arguments.of(Databases.mariadb().fresh(), Direction.BOTH));
  }

  static Stream<Database> mortals() {
    return Stream.of(Databases.postgres(), Databases.mariadb()).map(Databases::another).map(DatabaseServer::fresh);
  }

  private static ErrandClients clients(PawlEngine pawl) {
    return new ErrandClients(pawl.jobs(), "", false, SOON, line -> {});
  }

  /** Who did it. */
  private static Payload by(String node) {
    return Payload.json("\"" + node + "\"");
  }

  private static void allIsWell(Round round, ErrandClients clients) {
    Until.holds(SOON, () -> ErrandVerdict.quiet(round));
    assertThat(ErrandVerdict.wrong(round, clients.accepted())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("databases")
  @DisplayName("F1, F2: a process that is stopped and continued while its heir is at work can neither end the job nor free it")
  void aFrozenNodeComesBackAndChangesNothing(Database database) throws Exception {
    try (var round = new Round(database, folder)) {
      PawlEngine pawl = round.engine(database);
      ErrandClients clients = clients(pawl);
      JavaProcess zombie = round.start(JavaProcess.of(BareHand.class)
          .args(NodeProcess.address(database), round.jobLedger().port()));
      round.jobLedger().trouble(new Trouble.Hold(2));
      clients.submit(Errand.of(5), "wanted-by-two");
      assertThat(round.jobLedger().awaitHeld(1, SOON)).isTrue();
      round.freeze(zombie);
      round.node(database, "heir");
      assertThat(round.jobLedger().awaitHeld(2, SOON)).isTrue();
      round.jobLedger().release(1);
      zombie.cont();
      zombie.awaitExit(SOON);
      assertThat(zombie.lines()).filteredOn(line -> line.startsWith(BareHand.ANSWERED)).hasSize(3)
          .allMatch(line -> line.equals(BareHand.ANSWERED + "UWER-4094"));
      JobState held = pawl.jobs().find("default", Errand.TYPE, "wanted-by-two").orElseThrow();
      assertThat(held.leased()).isTrue();
      assertThat(held.epoch()).isEqualTo(2);
      round.jobLedger().release();
      JobState job = clients.end("wanted-by-two", false);
      assertThat(job.epoch()).isEqualTo(2);
      assertThat(job.ending().result()).isEqualTo(by("heir"));
      assertThat(pawl.jobs().lateReports("default", job.id(), 10)).as("what it said is kept")
          .anyMatch(late -> late.body().equals(by("bare")));
      allIsWell(round, clients);
    }
  }

  @ParameterizedTest
  @MethodSource("cuts")
  @DisplayName("P1, P4: a node that is cut off from the store, in one direction or both, loses its job to another; let in again it begins anew")
  void aNodeThatIsCutOffFromTheStore(Database database, Direction way) throws Exception {
    try (var round = new Round(database, folder)) {
      PawlEngine pawl = round.engine(database);
      ErrandClients clients = clients(pawl);
      FaultProxy proxy = round.proxy();
      JavaProcess node = round.node(proxy.database(), "cut-off");
      round.jobLedger().trouble(new Trouble.Hold(1));
      clients.submit(Errand.of(7), "held-by-the-cut-off");
      assertThat(round.jobLedger().awaitHeld(1, SOON)).isTrue();
      Armed cut = proxy.arm(Fault.freeze(way));
      JavaProcess heir = round.node(database, "heir");
      JobState job = clients.end("held-by-the-cut-off", false);
      assertThat(job.ending().result()).isEqualTo(by("heir"));
      assertThat(job.epoch()).as("taken over once").isEqualTo(2);
      assertThat(cut.fired()).isPositive();
      round.jobLedger().release();
      heir.kill9();
      proxy.heal();
      clients.submit(Errand.of(8), "after-the-cut");
      assertThat(clients.end("after-the-cut", false).ending().result()).isEqualTo(by("cut-off"));
      assertThat(node.isAlive()).isTrue();
      allIsWell(round, clients);
    }
  }

  @ParameterizedTest
  @MethodSource("mortals")
  @DisplayName("P5, CP18: the store dies under load and answers to commits are lost; nothing is lost or done twice")
  void theStoreDiesUnderLoad(Database database) throws Exception {
    try (var round = new Round(database, folder)) {
      FaultProxy proxy = round.proxy();
      PawlEngine pawl = round.engine(proxy.database());
      ErrandClients clients = clients(pawl);
      round.node(proxy.database(), "one");
      round.node(proxy.database(), "two");
      Armed lost = proxy.arm(Fault.cutAfterCommit(new When.Chance(0.05, 7)));
      var playing = Round.aside(() -> clients.play(3, 6, () -> false, 7));
      assertThat(round.jobLedger().awaitCalls(8, "", SOON)).isTrue();
      database.kill();
      database.restart();
      playing.get();
      assertThat(lost.fired()).isPositive();
      proxy.heal();
      allIsWell(round, clients);
      assertThat(pawl.store().jobs().orphans(Duration.ofMinutes(1), 10)).as("O1").isEmpty();
    }
  }
}
