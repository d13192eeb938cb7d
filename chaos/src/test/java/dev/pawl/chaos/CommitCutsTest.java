package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.round.Round;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import dev.pawl.testbed.fault.Direction;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.When;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections are cut at the commit, before and after and much too late; nothing is lost, doubled or orphaned. */
class CommitCutsTest {
  @TempDir Path folder;

  static Stream<Database> databases() {
    return Stream.of(Databases.postgres(), Databases.mariadb()).map(DatabaseServer::fresh);
  }

  @ParameterizedTest
  @MethodSource("databases")
  @Timeout(180)
  void noAnswerIsBelievedThatNobodyGave(Database database) throws Exception {
    round(database, 4, 3,
        Fault.cutAfterCommit(new When.Every(7)),
        Fault.cutBeforeCommit(new When.Every(11)),
        Fault.lateCommit(new When.Every(29), Duration.ofMillis(100)));
  }

  @ParameterizedTest
  @MethodSource("databases")
  @Tag("long")
  @Timeout(600)
  void norWhenItTakesLonger(Database database) throws Exception {
    round(database, 4, 25,
        Fault.cutAfterCommit(new When.Chance(0.05, 1)),
        Fault.cutBeforeCommit(new When.Chance(0.05, 2)),
        Fault.lateCommit(new When.Chance(0.02, 3), Duration.ofMillis(300)),
        new Fault.Delay(Direction.BOTH, Duration.ofMillis(1), Duration.ofMillis(2), 7));
  }

  private void round(Database database, int clients, int each, Fault... faults) throws Exception {
    try (var round = new Round(database, folder)) {
      var proxy = round.proxy();
      var pawl = round.engine(proxy.database());
      round.worker(pawl, "worker-1");
      for (Fault fault : faults) proxy.arm(fault);
      assertThat(round.watch(() -> round.play(pawl, clients, each))).isEmpty();
      assertThat(round.judge().colour()).isEqualTo(Colour.GREEN);
      assertThat(pawl.store().counters().unknownOutcomes.sum()).isPositive();
    }
  }
}
