package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.client.ErrandClients;
import dev.pawl.chaos.client.ProgramClients;
import dev.pawl.chaos.errand.Errand;
import dev.pawl.chaos.round.ErrandVerdict;
import dev.pawl.chaos.round.MixedRound;
import dev.pawl.chaos.round.Round;
import dev.pawl.engine.PawlEngine;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.Until;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import dev.pawl.testbed.ledger.Trouble;
import dev.pawl.testbed.process.JavaProcess;
import dev.pawl.testbed.process.OffsetClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes whose clocks are a day ahead, a day behind, and jump, with workflows and with jobs. */
@Tag("long")
@Timeout(180)
@Isolated("nobody may lose a lease because others are busy")
class WrongClocksTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  static Stream<Database> serversWithAClock() {
    return Stream.of(Databases.postgres(), Databases.mariadb()).map(DatabaseServer::fresh);
  }

  private OffsetClock clock(String name, Duration off) {
    OffsetClock clock = OffsetClock.in(folder.resolve(name));
    clock.set(off);
    return clock;
  }

  private static JavaProcess node(Round round, String name, OffsetClock clock) {
    return round.start(round.recipe(round.database()).named(name, 0, 0).clock(clock));
  }

  @ParameterizedTest
  @MethodSource("serversWithAClock")
  void nobodyIsLostTooEarlyAndTimersAreRight(Database database) throws Exception {
    try (var round = new Round(database, folder)) {
      PawlEngine pawl = round.engine(database);
      OffsetClock jumping = clock("jumping", Duration.ZERO);
      var accepted = new HashMap<String, Errand>();
      node(round, "ahead", clock("ahead", DAY));
      node(round, "behind", clock("behind", DAY.negated()));
      node(round, "jumping", jumping);
      for (int jump = 0; jump < 4; jump++) {
        jumping.set(jump % 2 == 0 ? DAY : DAY.negated());
        String tribe = "jump%d-".formatted(jump);
        var clients = new ProgramClients(pawl.control(), round.log(), tribe, false, Duration.ofMinutes(2));
        var errands = new ErrandClients(pawl.jobs(), tribe, false, Duration.ofMinutes(2), line -> {});
        long seed = jump;
        var running = Round.aside(() -> errands.play(3, 2, () -> false, seed));
        clients.play(4, 2, () -> false, jump);
        running.get();
        accepted.putAll(errands.accepted());
        assertThat(MixedRound.wrongEffects(round, clients.expected())).isEmpty();
      }
      // Everybody lived, and was never taken for dead.
      assertThat(round.count("pawl_transitions where what = 'LEASE_REVOKED'")).isZero();
      assertThat(round.count("pawl_job_ledger where end_kind = 'REVOKE'")).isZero();
      Until.holds(SOON, () -> ErrandVerdict.quiet(round));
      assertThat(ErrandVerdict.wrong(round, accepted)).isEmpty();
      assertThat(round.judge(10, java.util.List.of()).colour()).isEqualTo(Colour.GREEN);
    }
  }

  @ParameterizedTest
  @MethodSource("serversWithAClock")
  void orTooLate(Database database) throws Exception {
    try (var round = new Round(database, folder)) {
      PawlEngine pawl = round.engine(database);
      JavaProcess dies = node(round, "dies", clock("dies", DAY));
      round.ledger().trouble(new Trouble.Hold(1));
      var playing = Round.aside(() -> round.play(pawl, 1, 1));
      assertThat(round.ledger().awaitHeld(1, SOON)).isTrue();
      node(round, "heir", clock("heir", DAY.negated()));
      dies.kill9();
      playing.get();
      round.ledger().release();
      assertThat(round.count("pawl_transitions where cause = 'SESSION_EXPIRED'")).isPositive();
      assertThat(round.judge().colour()).isEqualTo(Colour.GREEN);
    }
  }
}
