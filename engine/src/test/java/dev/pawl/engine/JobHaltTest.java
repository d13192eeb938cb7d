package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobEvent;
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
import java.time.Instant;
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
  private static final Duration SOON = Duration.ofSeconds(60);

  static Stream<Arguments> redrives() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb()).flatMap(server ->
        Stream.of(Failpoint.REDRIVE_BEFORE, Failpoint.REDRIVE_AFTER)
            .map(point -> Arguments.argumentSet(point + " on " + server.name(), point, server)));
  }

  @ParameterizedTest
  @MethodSource("redrives")
  @DisplayName("CP14: a dead letter is driven again once, whoever dies over it")
  @Timeout(120)
  void aDeadLetterIsDrivenAgainOnce(Failpoint point, DatabaseServer server) {
    String url = address(server.fresh());
    String time;
    JobId id;
    try (JavaProcess doomed = JavaProcess.of(DoomedRedrive.class).args(url)
        .property("pawl.failpoints", point.name().toLowerCase(Locale.ROOT) + "=halt").start()) {
      id = JobId.parse(after(doomed.awaitLine("acknowledged ", SOON), "acknowledged "));
      time = after(doomed.awaitLine("a dead letter at ", SOON), "a dead letter at ");
      assertThat(doomed.awaitExit(SOON)).isEqualTo(137);
    }
    var clock = new OwnedClock();
    clock.pass(Duration.between(clock.instant(), Instant.parse(time)));
    try (PawlEngine pawl = PawlEngine.open(url, config -> {
      config.clock = clock;
      config.duties = false;
    })) {
      for (int i = 0; i < 3; i++) pawl.tick(clock.instant());
      assertThat(JobHand.state(pawl, id).redrives()).isEqualTo(1);
      assertThat(pawl.jobs().ledger("default", id, 100)).filteredOn(line -> line.event() == JobEvent.AUTO_REDRIVE).hasSize(1);
      var hand = new JobHand(pawl);
      assertThat(hand.ok(hand.take()).ok()).isTrue();
      assertThat(JobHand.state(pawl, id).phase()).isEqualTo(JobPhase.SUCCEEDED);
      assertThat(pawl.store().jobs().orphans(Duration.ofMinutes(1), 10)).isEmpty();
    }
  }

  private static String after(String line, String word) {
    return line.substring(line.indexOf(word) + word.length());
  }

  private static String address(Database database) {
    return database.user().isEmpty() ? database.jdbcUrl()
        : database.jdbcUrl() + (database.jdbcUrl().contains("?") ? "&" : "?") + "user=" + database.user();
  }

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
    String url = address(database);
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
