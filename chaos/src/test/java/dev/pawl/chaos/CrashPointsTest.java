package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.crash.CrashSuite;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A process dies at each crash point of the engine, on each database; {@code ./pawl chaos points} does it from other seeds. */
@Tag("long")
class CrashPointsTest {
  /** At a time, in two processes; {@code --two} plays every two. */
  private static final List<Failpoint> TWO = List.of(Failpoint.STATEMENT_AFTER,
      Failpoint.COMMIT_BEFORE_ANSWER, Failpoint.REVOKE_AFTER, Failpoint.GRANT_BEFORE_REPLY);

  @TempDir Path folder;

  static Stream<Database> databases() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb()).map(DatabaseServer::fresh);
  }

  @ParameterizedTest
  @MethodSource("databases")
  @Timeout(300)
  void whereverAProcessDiesNothingIsLostOrDoubled(Database database) throws Exception {
    try (var suite = new CrashSuite(database, 7, folder)) {
      for (Failpoint point : CrashSuite.KIN) {
        for (int passes : new int[] {0, 1}) {
          assertThat(suite.die(point, passes).findings().violations()).as("after death at %s/%s", point, passes).isEmpty();
        }
      }
      for (Failpoint point : CrashSuite.POINTS) {
        if (CrashSuite.KIN.contains(point)) continue;
        assertThat(suite.die(point).findings().violations()).as("after death at " + point).isEmpty();
      }
      for (int i = 0; i < TWO.size(); i += 2) {
        assertThat(suite.die(TWO.get(i), TWO.get(i + 1)).getFirst().findings().violations()).isEmpty();
      }
      CrashSuite.Ending ending = suite.finish();
      assertThat(ending.wrong()).isEmpty();
      assertThat(ending.verdict().colour()).as(ending.verdict().summary()).isEqualTo(Colour.GREEN);
      System.out.println(ending.verdict().summary());
    }
  }
}
