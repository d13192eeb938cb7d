package dev.pawl.engine.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything at once, from a seed: {@code -Dpawl.chaos.seconds=600 -Dpawl.chaos.seed=7 -Dpawl.chaos.store=postgres} for
 * longer, other or fewer rounds.
 */
@Tag("long")
class ChaosTest {
  private static final long SECONDS = Long.getLong("pawl.chaos.seconds", 20);
  private static final long SEED = Long.getLong("pawl.chaos.seed", 42);
  private static final String STORE = System.getProperty("pawl.chaos.store", "");

  @TempDir Path folder;

  static Stream<Database> databases() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb())
        .filter(server -> server.name().startsWith(STORE)).map(DatabaseServer::fresh);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void nothingIsLostDoubledOrOrphaned(Database database) throws Exception {
    System.out.printf("%s: %d seconds of seed %d%n", database, SECONDS, SEED);
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    try (var round = new Round(database, folder)) {
      try (var nemesis = new Nemesis(round, database, SEED)) {
        var pawl = round.engine(nemesis.through());
        round.playWatched(() -> new ChoreClients(pawl.control(), round.log).playWhile(() -> {
          if (System.nanoTime() < end) return true;
          nemesis.enough();
          return false;
        }, 6, SEED));
        System.out.println("  done " + nemesis.done());
        assertThat(nemesis.done()).isNotEmpty();
      }
      round.judge(0, 0);
    }
  }
}
