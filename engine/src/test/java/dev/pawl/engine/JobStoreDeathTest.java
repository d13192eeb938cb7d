package dev.pawl.engine;

import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.value.RejectedException;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.Until;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The store dies at points of a commit at which processes die elsewhere. */
@Tag("long")
@Timeout(180)
class JobStoreDeathTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** @param passes how often it is passed before */
  private record Place(Failpoint point, int passes) {}

  /** Before the transaction, in its middle, and when it is stored and nobody knows. */
  private static final List<Place> PLACES = List.of(new Place(Failpoint.COMMIT_BEFORE, 0),
      new Place(Failpoint.STATEMENT_AFTER, 0), new Place(Failpoint.STATEMENT_AFTER, 2),
      new Place(Failpoint.COMMIT_BEFORE_ANSWER, 0));

  static Stream<DatabaseServer> mortals() {
    return Stream.of(Databases.postgres(), Databases.mariadb()).map(Databases::another);
  }

  @AfterEach
  void disarm() {
    Failpoint.disarmAll();
  }

  @ParameterizedTest
  @MethodSource("mortals")
  @DisplayName("CP18: the store dies before, in and behind the commit of a report that spawns; it is there whole and once")
  void aReportIsWholeThoughTheStoreDies(DatabaseServer server) {
    Database database = server.fresh();
    try (PawlEngine pawl = PawlEngine.open(database.dataSource(), config -> config.duties = false)) {
      for (int i = 0; i < PLACES.size(); i++) {
        Place place = PLACES.get(i);
        JobId id = submit(pawl, spec("spawning-number-" + i));
        JobHand hand = new JobHand(pawl);
        JobGrant grant = hand.take();
        List<JobSpec> children = List.of(spec("test.child", "child-one-" + i, "{}", 5, null, null),
            spec("test.child", "child-two-" + i, "{}", 5, null, null));
        place.point.arm(Failpoint.Act.PAUSE, place.passes);
        Thread reporting = Thread.ofPlatform().start(() -> pawl.jobWork().report(
            List.of(JobWorkApi.Report.of(grant, hand.session, new JobOutcome.Ok(null), children))));
        Until.holds(SOON, () -> place.point.acted() > 0);
        database.kill();
        Failpoint.disarmAll();
        database.restart();
        EngineFixture.join(reporting);
        // Whatever it was told: the same word again is harmless, and the last one that is needed.
        Until.holds(SOON, () -> {
          try {
            return pawl.jobWork().report(List.of(
                JobWorkApi.Report.of(grant, hand.session, new JobOutcome.Ok(null), children))).getFirst().ok();
          } catch (RejectedException notYet) {
            return false;
          }
        });
        assertThat(state(pawl, id).phase()).as("%s", place).isEqualTo(JobPhase.SUCCEEDED);
        assertThat(pawl.jobs().ledger("default", id, 100)).filteredOn(line -> line.end() != null).hasSize(1);
        assertThat(children).allMatch(child -> pawl.jobs().find("default", child.type(), child.key()).isPresent());
      }
      assertThat(pawl.store().jobs().orphans(Duration.ofMinutes(1), 10)).isEmpty();
    }
  }
}
