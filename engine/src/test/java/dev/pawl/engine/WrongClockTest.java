package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes whose own clock is a day off. */
class WrongClockTest {
  private static final Duration HOUR = Duration.ofHours(1);

  static Stream<DatabaseServer> serversWithAClock() {
    return Stream.of(Databases.postgres(), Databases.mariadb());
  }

  private static PawlEngine engine(Database database, Duration off) {
    return PawlEngine.open(database.dataSource(), config -> {
      config.processClock = InstantSource.offset(InstantSource.system(), off);
      config.duties = false;
    });
  }

  @ParameterizedTest
  @MethodSource("serversWithAClock")
  void aNodeADayAheadOrBehindGoesByTheDatabasesClock(DatabaseServer server) {
    Database database = server.fresh();
    try (PawlEngine right = engine(database, Duration.ZERO);
        PawlEngine ahead = engine(database, Duration.ofDays(1));
        PawlEngine behind = engine(database, Duration.ofDays(-1))) {
      assertThat(Duration.between(right.now(), ahead.now()).abs()).isLessThan(HOUR);
      assertThat(Duration.between(right.now(), behind.now()).abs()).isLessThan(HOUR);

      // A living session and a timer of an hour: neither is over for the node that is ahead.
      right.control().start(EngineFixture.start("w"));
      Hand hand = new Hand(right);
      hand.report(hand.run().token(), 2, true, new Command.StartTimer(1, HOUR));
      right.control().start(EngineFixture.start("held"));
      WorkerApi.WorkflowTaskGrant held = hand.run();
      for (int i = 0; i < 3; i++) {
        ahead.tick(ahead.now());
        behind.tick(behind.now());
      }
      assertThat(Hand.types(right.control().history(EngineFixture.ref("w"), 0, 100, Duration.ZERO)))
          .doesNotContain("TimerFired");
      assertThat(ahead.store().leasesOf(hand.session))
          .extracting(lease -> lease.id().run()).contains(held.token().id().run());
      assertThat(ahead.metrics().sessionsLost()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void sqliteBelievesItsProcess(int days) {
    try (PawlEngine off = engine(Databases.sqlite().fresh(), Duration.ofDays(days))) {
      assertThat(Duration.between(InstantSource.system().instant().plus(Duration.ofDays(days)), off.now()).abs())
          .isLessThan(HOUR);
    }
  }

  @Test
  void sqlitesTimeNeverGoesBackAndItsJumpsAreAlarms() {
    Database database = Databases.sqlite().fresh();
    AtomicReference<Duration> off = new AtomicReference<>(Duration.ZERO);
    List<Duration> heard = new CopyOnWriteArrayList<>();
    Instant before;
    try (PawlEngine pawl = PawlEngine.open(database.dataSource(), config -> {
      config.processClock = () -> InstantSource.system().instant().plus(off.get());
      config.duties = false;
      config.metrics = new EngineMetrics() {
        @Override
        public void clockJumped(Duration by) {
          heard.add(by);
        }
      };
    })) {
      pawl.tick(pawl.now());
      assertThat(heard).isEmpty();
      before = pawl.now();
      off.set(Duration.ofDays(-1));
      assertThat(pawl.now()).isAfterOrEqualTo(before);
      pawl.tick(pawl.now());
      assertThat(heard).singleElement().satisfies(by -> assertThat(by).isBetween(Duration.ofHours(-25),
          Duration.ofHours(-23)));
      off.set(Duration.ofDays(3));
      assertThat(Duration.between(before, pawl.now())).isGreaterThan(Duration.ofDays(2));
      pawl.tick(pawl.now());
      assertThat(heard).hasSize(2);
      assertThat(heard.getLast()).isBetween(Duration.ofHours(95), Duration.ofHours(97));
      pawl.tick(pawl.now());
      assertThat(pawl.metrics().clockJumps()).isEqualTo(2);
      before = pawl.now();
    }
    // Whoever opens the file next is not behind what was put down, and hears that its clock is.
    try (PawlEngine next = engine(database, Duration.ZERO)) {
      assertThat(Duration.between(before, next.now()).abs()).isLessThan(HOUR);
      next.tick(next.now());
      assertThat(next.metrics().clockJumps()).isEqualTo(1);
    }
  }

  @Test
  void sqlitesProcessesKeepUpWithTheOneThatIsAhead() {
    Database database = Databases.sqlite().fresh();
    try (PawlEngine right = engine(database, Duration.ZERO); PawlEngine ahead = engine(database, Duration.ofDays(1))) {
      right.tick(right.now());
      assertThat(Duration.between(right.now(), ahead.now()).abs()).isLessThan(HOUR);
      assertThat(right.metrics().clockJumps()).isEqualTo(1);
    }
  }
}
