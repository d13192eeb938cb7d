package dev.pawl.engine.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobState;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.Outcome.Conflict;
import dev.pawl.engine.store.Store.Outcome.Landed;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreException;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Somebody else's transaction holds the lock of a row. SQLite has no locks of rows. */
class LockedRowTest {
  static Stream<DatabaseServer> servers() {
    return Stream.of(Databases.postgres(), Databases.mariadb());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void holdsUpItsRunAndNoOther(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    try (Store store = Stores.open(database.jdbcUrl(), database.user(), database.password(),
            StoreConfig.STANDARD, StoreClock.of(new TestClock(Samples.NOON)));
        Connection operator = database.dataSource().getConnection()) {
      Samples.Made one = Samples.start("held");
      Samples.Made two = Samples.start("free");
      Samples.Made three = Samples.start("free-too");
      assertThat(store.commit(List.of(one.write(), two.write(), three.write()))).containsOnly(new Landed());
      List<Store.Write> signals = Stream.of(one, two, three).map(s -> Samples.signal(s.run(), "s").write()).toList();

      hold(operator, "select version from pawl_runs where run_id = '%s' for update".formatted(one.run().id()));
      assertThat(store.commit(signals)).containsExactly(new Conflict(), new Landed(), new Landed());

      operator.rollback();
      assertThat(store.commit(signals.subList(0, 1))).containsExactly(new Landed());
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void holdsUpItsJobAndNoOther(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    try (Store store = Stores.open(database.jdbcUrl(), database.user(), database.password(),
            StoreConfig.STANDARD, StoreClock.of(new TestClock(Samples.NOON)));
        Connection operator = database.dataSource().getConnection()) {
      JobStore jobs = store.jobs();
      jobs.commit(Stream.of("held", "free", "free-too").map(SampleJobs::born).toList());
      List<JobState> leased = jobs.claim(SampleJobs.claim(3));
      List<JobStore.Write> reports =
          leased.stream().map(job -> SampleJobs.report(job, new JobOutcome.Ok(null))).toList();

      hold(operator, "select version from pawl_open_jobs where job_id = '%s' for update".formatted(leased.get(1).id()));
      assertThat(jobs.commit(reports)).containsExactly(new Landed(), new Conflict(), new Landed());

      operator.rollback();
      assertThat(jobs.commit(reports.subList(1, 2))).containsExactly(new Landed());
    }
  }

  /** An administrator allows statements so little time that a commit behind a lock is cancelled by the server. */
  @Test
  @Timeout(180)
  void aCommitThatTheServerCancelsIsTriedAgainAndThenSaidToHaveFailed() throws Exception {
    Database database = Databases.postgres().fresh();
    Stores.open(database.jdbcUrl(), database.user(), database.password(), StoreConfig.STANDARD,
        StoreClock.of(new TestClock(Samples.NOON))).close(); // its schema may take longer to make
    try (Connection operator = database.dataSource().getConnection(); var statement = operator.createStatement()) {
      statement.execute("alter database %s set statement_timeout = '1s'".formatted(operator.getCatalog()));
      try (Store store = Stores.open(database.jdbcUrl(), database.user(), database.password(), StoreConfig.STANDARD,
          StoreClock.of(new TestClock(Samples.NOON)))) {
        Samples.Made one = Samples.start("held");
        assertThat(store.commit(List.of(one.write()))).containsOnly(new Landed());
        List<Store.Write> signal = List.of(Samples.signal(one.run(), "s").write());

        hold(operator, "select version from pawl_runs where run_id = '%s' for update".formatted(one.run().id()));
        assertThatThrownBy(() -> store.commit(signal)).isInstanceOfSatisfying(StoreException.class, e -> {
          assertThat(e.code()).isEqualTo(Rejection.Code.STORE_UNAVAILABLE);
          assertThat(e).hasMessageContaining("statement timeout");
        });
        assertThat(store.counters().retries.sum()).isEqualTo(3);

        operator.rollback();
        assertThat(store.commit(signal)).containsExactly(new Landed());
      }
    }
  }

  private static void hold(Connection operator, String sql) throws SQLException {
    operator.setAutoCommit(false);
    try (PreparedStatement hold = operator.prepareStatement(sql)) {
      hold.executeQuery();
    }
  }
}
