package dev.pawl.chaos;

import static dev.pawl.chaos.Scenario.atOnce;
import static dev.pawl.chaos.Scenario.total;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.client.PatientClient;
import dev.pawl.chaos.round.Round;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.fault.Direction;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A database that answers late makes everything later, and loses nobody's lease. */
@Tag("long")
@Timeout(120)
@Isolated("nobody may lose a lease because others are busy")
class SlowDatabaseTest {
  /** As usual: beside the test the machine may be busy with other things. */
  private static final LeaseTimings LEASES = LeaseTimings.DEFAULT;

  @TempDir Path folder;

  static Stream<Database> servers() {
    return Stream.of(Databases.postgres()).map(DatabaseServer::fresh);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void losesNobodysLease(Database database) throws Exception {
    var round = new Round(database, folder);
    FaultProxy proxy = round.proxy();
    try (var scene = new Scenario(round, round.engine(proxy.database(), LEASES))) {
      scene.work("worker");
      proxy.arm(new Fault.Delay(Direction.BOTH, Duration.ofMillis(50), Duration.ofMillis(50), 1));
      atOnce(5, i -> {
        PatientClient client = scene.client("client-" + i);
        scene.start(client, "w-" + i, "pay 1 0 0 charge 1 0");
        assertThat(total(client.result("w-" + i))).isEqualTo("2");
      });
      assertThat(scene.revoked()).isEmpty();
      scene.allIsWell();
    }
  }
}
