package dev.pawl.engine.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.Outcome.Conflict;
import dev.pawl.engine.store.Store.Outcome.Landed;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Somebody else's transaction holds the lock of a run's row. SQLite has no locks of rows. */
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

      operator.setAutoCommit(false);
      try (PreparedStatement hold = operator.prepareStatement(
          "select version from pawl_runs where run_id = '%s' for update".formatted(one.run().id()))) {
        hold.executeQuery();
      }
      assertThat(store.commit(signals)).containsExactly(new Conflict(), new Landed(), new Landed());

      operator.rollback();
      assertThat(store.commit(signals.subList(0, 1))).containsExactly(new Landed());
    }
  }
}
