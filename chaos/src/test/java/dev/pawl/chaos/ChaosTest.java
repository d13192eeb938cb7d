package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.round.MixedRound;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A short round of everything on each database; {@code ./pawl chaos} plays longer ones, from other seeds. */
@Tag("long")
class ChaosTest {
  @TempDir Path folder;

  static Stream<Database> databases() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb())
        .map(Databases::another).map(DatabaseServer::fresh);
  }

  @ParameterizedTest
  @MethodSource("databases")
  @Timeout(300)
  void nothingIsLostDoubledOrOrphaned(Database database) throws Exception {
    MixedRound.Result round = MixedRound.play(database, 42, new MixedRound.Size(5, 4, 2), folder);
    System.out.println(Tally.line(round, "this test"));
    assertThat(round.colour()).as("%s", round.reasons()).isEqualTo(Colour.GREEN);
    assertThat(round.requests().get("ok")).isPositive();
  }
}
