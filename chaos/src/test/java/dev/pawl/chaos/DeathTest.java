package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.round.Round;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.Until;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.When;
import dev.pawl.testbed.ledger.Trouble;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Worker processes are killed and frozen, databases are killed; nothing is lost, doubled or orphaned. */
@Tag("long")
class DeathTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  static Stream<Database> databases() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb()).map(DatabaseServer::fresh);
  }

  @ParameterizedTest
  @MethodSource("databases")
  @Timeout(300)
  void workersMayDieAtAnyTime(Database database) throws Exception {
    try (var round = new Round(database, folder)) {
      var pawl = round.engine(database);
      var workers = new ArrayDeque<>(
          List.of(round.node(database, "w1"), round.node(database, "w2")));
      round.ledger().trouble(new Trouble.Hold(1));
      var playing = Round.aside(() -> round.play(pawl, 3, 6));
      // Both die while one of them is inside a call, so that at least one lease is lost.
      assertThat(round.ledger().awaitHeld(1, SOON)).isTrue();
      for (int kill = 3; kill <= 4; kill++) {
        workers.removeFirst().kill9();
        workers.add(round.node(database, "w" + kill));
      }
      round.ledger().release();
      var random = new SplittableRandom(42);
      long calls = 1;
      for (int kill = 5; kill <= 7; kill++) {
        calls += 1 + random.nextInt(8);
        assertThat(round.ledger().awaitCalls(calls, "", SOON)).isTrue();
        workers.removeFirst().kill9();
        workers.add(round.node(database, "w" + kill));
      }
      playing.get();
      assertThat(round.judge().colour()).isEqualTo(Colour.GREEN);
      assertThat(round.count("pawl_transitions where cause = 'SESSION_EXPIRED'")).isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  @Timeout(300)
  void aFrozenWorkerComesBackAndChangesNothing(Database database) throws Exception {
    try (var round = new Round(database, folder)) {
      var pawl = round.engine(database);
      var zombie = round.node(database, "zombie");
      round.ledger().trouble(new Trouble.Hold(1));
      var playing = Round.aside(() -> round.play(pawl, 1, 1));
      assertThat(round.ledger().awaitHeld(1, SOON)).isTrue();
      round.freeze(zombie);
      round.node(database, "heir");
      playing.get();
      assertThat(round.count("pawl_late_reports")).isZero();
      round.ledger().release();
      zombie.cont();
      Until.holds(SOON, () -> round.count("pawl_late_reports") > 0);
      assertThat(round.judge().colour()).isEqualTo(Colour.GREEN);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  @Timeout(300)
  void orComesBackWhileItsHeirIsAtWork(Database database) throws Exception {
    try (var round = new Round(database, folder)) {
      var pawl = round.engine(database);
      var zombie = round.node(database, "zombie");
      round.ledger().trouble(new Trouble.Hold(2));
      var playing = Round.aside(() -> round.play(pawl, 1, 1));
      assertThat(round.ledger().awaitHeld(1, SOON)).isTrue();
      round.freeze(zombie);
      round.node(database, "heir");
      assertThat(round.ledger().awaitHeld(2, SOON)).isTrue();
      round.ledger().release(1);
      zombie.cont();
      Until.holds(SOON, () -> round.count("pawl_late_reports") > 0);
      assertThat(round.count("pawl_events where type = 'StepCompleted'")).isZero();
      round.ledger().release();
      playing.get();
      assertThat(round.judge().colour()).isEqualTo(Colour.GREEN);
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  @Timeout(300)
  void aNodeThatStandsStillInItsTransactionHoldsNobodyUp(Database database) throws Exception {
    try (var round = new Round(database, folder)) {
      var healthy = round.engine(database);
      var proxy = round.proxy();
      round.worker(round.engine(proxy.database()), "stands-still");
      round.ledger().trouble(new Trouble.Hold(1));
      var playing = Round.aside(() -> round.play(healthy, 1, 1));
      assertThat(round.ledger().awaitHeld(1, SOON)).isTrue();
      // Whatever it does next gets as far as its commit; with that, its heartbeat's row is locked.
      var stall = proxy.arm(Fault.stallCommit(new When.Every(1)));
      assertThat(stall.awaitFired(2, SOON)).isTrue();
      round.worker(healthy, "heir");
      playing.get(60, TimeUnit.SECONDS);
      round.ledger().release();
      assertThat(round.judge().colour()).isEqualTo(Colour.GREEN);
    }
  }

  static Stream<Database> servers() {
    return Stream.of(Databases.postgres(), Databases.mariadb()).map(DatabaseServer::fresh);
  }

  static Stream<Database> mortals() {
    return Stream.of(Databases.postgres(), Databases.mariadb()).map(Databases::another).map(DatabaseServer::fresh);
  }

  @ParameterizedTest
  @MethodSource("mortals")
  @Timeout(300)
  void theDatabaseMayDieUnderLoad(Database database) throws Exception {
    try (var round = new Round(database, folder)) {
      var pawl = round.engine(database);
      round.worker(pawl, "worker-1");
      var playing = Round.aside(() -> round.play(pawl, 4, 8));
      for (int calls = 10; calls <= 40; calls += 15) {
        assertThat(round.ledger().awaitCalls(calls, "", SOON)).isTrue();
        database.kill();
        database.restart();
      }
      playing.get();
      assertThat(round.judge().colour()).isEqualTo(Colour.GREEN);
    }
  }
}
