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
import dev.pawl.testbed.Until;
import dev.pawl.testbed.process.JavaProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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

  static String address(Database database) {
    return database.user().isEmpty() ? database.jdbcUrl()
        : database.jdbcUrl() + (database.jdbcUrl().contains("?") ? "&" : "?") + "user=" + database.user();
  }

  static Stream<DatabaseServer> servers() {
    return EngineFixture.servers();
  }

  /** Each with how often it may be passed before, so that a process surely gets there. */
  private static final Map<Failpoint, Integer> POINTS = Map.ofEntries(Map.entry(Failpoint.START_BEFORE_COMMIT, 20),
      Map.entry(Failpoint.START_BEFORE_REPLY, 20), Map.entry(Failpoint.COMMIT_BEFORE, 40),
      Map.entry(Failpoint.COMMIT_BEFORE_ANSWER, 40), Map.entry(Failpoint.COMMIT_BEFORE_WAKE, 40),
      Map.entry(Failpoint.GRANT_BEFORE_REPLY, 10), Map.entry(Failpoint.CLAIM_AFTER_TAKEOVER, 20),
      Map.entry(Failpoint.HEARTBEAT_HALF, 10), Map.entry(Failpoint.STATEMENT_AFTER, 60),
      Map.entry(Failpoint.REVOKE_BEFORE, 1), Map.entry(Failpoint.REVOKE_AFTER, 1));

  @ParameterizedTest
  @MethodSource("servers")
  @DisplayName("O2, L2, U5: two processes at a time die at two crash points; what was acknowledged is finished by the next, every grant ends once, and nobody lends a hand")
  @Timeout(300)
  void whatWasAcknowledgedIsFinishedByTheNext(DatabaseServer server) {
    String url = address(server.fresh());
    var random = new Random(server.name().hashCode());
    List<Failpoint> points = new ArrayList<>(new TreeMap<>(POINTS).keySet());
    points.removeAll(List.of(Failpoint.REVOKE_BEFORE, Failpoint.REVOKE_AFTER, Failpoint.GRANT_BEFORE_REPLY));
    Collections.shuffle(points, random);
    // Whoever is to die over a revocation needs a companion that surely leaves something to revoke.
    points.addAll(List.of(Failpoint.REVOKE_BEFORE, Failpoint.GRANT_BEFORE_REPLY, Failpoint.REVOKE_AFTER,
        Failpoint.GRANT_BEFORE_REPLY));
    List<JobId> acknowledged = new ArrayList<>();
    for (int i = 0; i < points.size(); i += 2) {
      try (JavaProcess one = doomed(url, "one-%d-".formatted(i), points.get(i), random);
          JavaProcess two = doomed(url, "two-%d-".formatted(i), points.get(i + 1), random)) {
        acknowledged.addAll(died(one));
        acknowledged.addAll(died(two));
      }
    }
    assertThat(acknowledged).hasSizeGreaterThan(100);
    try (PawlEngine pawl = PawlEngine.open(url, DoomedProcess::settings); LiveJobs worker = new LiveJobs(pawl)) {
      Until.holds(SOON, () -> pawl.jobs().counts("default").isEmpty());
      for (JobId id : acknowledged) {
        JobState job = JobHand.state(pawl, id);
        assertThat(job.phase()).isEqualTo(JobPhase.SUCCEEDED);
        List<Transition> ledger = pawl.jobs().ledger("default", id, 1_000);
        assertThat(ledger).noneMatch(line -> line.event().manual());
        assertThat(ledger.stream().filter(line -> line.end() != null).count()).as("I7").isEqualTo(job.epoch());
      }
      assertThat(pawl.store().jobs().orphans(Duration.ofMinutes(1), 10)).as("I4").isEmpty();
    }
  }

  private static JavaProcess doomed(String url, String keys, Failpoint point, Random random) {
    return JavaProcess.of(DoomedJobs.class).args(url, keys).property("pawl.failpoints", "%s=halt@%d".formatted(
        point.name().toLowerCase(Locale.ROOT), 1 + random.nextInt(POINTS.getOrDefault(point, 1)))).start();
  }

  /** What it had acknowledged when it died. */
  private static List<JobId> died(JavaProcess doomed) {
    assertThat(doomed.awaitExit(SOON)).isEqualTo(137);
    // The last line may have been cut off.
    return doomed.lines().stream().filter(line -> line.startsWith("acknowledged ") && line.length() == 49)
        .map(line -> JobId.parse(after(line, "acknowledged "))).toList();
  }
}
