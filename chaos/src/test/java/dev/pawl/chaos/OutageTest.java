package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.outage.Outage;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The last quarter of 2018, a thousand times smaller; {@code ./pawl chaos outage} plays all of it. */
@Tag("long")
class OutageTest {
  private static final int JOBS = 2_400;

  static Stream<DatabaseServer> servers() {
    return Stream.of(Databases.postgres(), Databases.mariadb());
  }

  @ParameterizedTest
  @MethodSource("servers")
  @DisplayName("P6: workers are cut off from the store for two hours under a full queue; store and world agree, and nobody lends a hand")
  @Timeout(300)
  void storeAndWorldAgree(DatabaseServer server) {
    Outage.Result result = Outage.play(server.fresh(), new Outage.Plan(JOBS, 4, Duration.ofHours(2)));
    System.out.print(OutageCommand.text(result));
    assertThat(result.wrong()).isEmpty();
    assertThat(result.before()).isBetween(1L, JOBS - 1L);
    assertThat(result.held()).isPositive();
    assertThat(result.deaths()).as("nobody served the type for half an hour").isPositive();
  }
}
