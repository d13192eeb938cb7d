package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.Transition;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.process.JavaProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A process ends at a crash point as SIGKILL would end it; another one finishes every job that was acknowledged. */
@Tag("long")
class JobHaltTest {
  static Stream<Arguments> points() {
    List<Arguments> all = new ArrayList<>();
    for (DatabaseServer server : List.of(Databases.sqlite(), Databases.postgres())) {
      for (Failpoint point : List.of(Failpoint.START_BEFORE_COMMIT, Failpoint.START_BEFORE_REPLY,
          Failpoint.COMMIT_BEFORE, Failpoint.COMMIT_BEFORE_ANSWER, Failpoint.COMMIT_BEFORE_WAKE,
          Failpoint.GRANT_BEFORE_REPLY, Failpoint.CLAIM_AFTER_TAKEOVER, Failpoint.HEARTBEAT_HALF)) {
        all.add(Arguments.argumentSet(point + " on " + server.name(), point, server));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("points")
  @DisplayName("O2, L2, U5: what was acknowledged is finished by the next, every grant ends once, and nobody lends a hand")
  @Timeout(120)
  void whatWasAcknowledgedIsFinishedByTheNext(Failpoint point, DatabaseServer server) {
    Database database = server.fresh();
    String url = server.name().equals("sqlite") ? database.jdbcUrl()
        : database.jdbcUrl() + (database.jdbcUrl().contains("?") ? "&" : "?") + "user=" + database.user() + "&password="
            + database.password();
    List<JobId> acknowledged;
    try (JavaProcess doomed = JavaProcess.of(DoomedJobs.class).args(url)
        .property("pawl.failpoints", point.name().toLowerCase(Locale.ROOT) + "=halt@9").start()) {
      assertThat(doomed.awaitExit(Duration.ofSeconds(60))).isEqualTo(137);
      acknowledged = doomed.lines().stream().filter(line -> line.startsWith("acknowledged "))
          .map(line -> JobId.parse(line.substring("acknowledged ".length()))).toList();
    }
    assertThat(acknowledged).isNotEmpty();
    try (PawlEngine pawl = PawlEngine.open(url, DoomedProcess::settings); LiveJobs worker = new LiveJobs(pawl)) {
      for (JobId id : acknowledged) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (JobHand.state(pawl, id).phase() != JobPhase.SUCCEEDED && System.nanoTime() < deadline) {
          LockSupport.parkNanos(20_000_000);
        }
        JobState job = JobHand.state(pawl, id);
        assertThat(job.phase()).isEqualTo(JobPhase.SUCCEEDED);
        List<Transition> ledger = pawl.jobs().ledger("default", id, 1_000);
        assertThat(ledger).noneMatch(line -> line.event().manual());
        assertThat(ledger.stream().filter(line -> line.end() != null).count()).as("I7").isEqualTo(job.epoch());
      }
      assertThat(pawl.store().jobs().orphans(Duration.ofMinutes(1), 10)).as("I4").isEmpty();
    }
  }
}
