package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.pawl.core.run.Run;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A store on the pool that the user's application works with. */
class SharedPoolTest {

  @Everywhere
  void settingsOfTheStoreDoNotStayInTheUsersPool(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    HikariConfig config = new HikariConfig();
    config.setDataSource(database.dataSource());
    config.setMaximumPoolSize(4);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      List<String> before = settings(pool, server, 4);
      try (Store store = Stores.open(pool, StoreConfig.STANDARD.withReaders(2), StoreClock.of(new TestClock(NOON)))) {
        Samples.Made made = Samples.start("shared");
        assertThat(store.commit(List.of(made.write(), Samples.start("other").write())))
            .containsOnly(new Store.Outcome.Landed());
        Run run = made.run();
        assertThat(store.load(Samples.wanted(run.id())).runs()).containsValue(run);
        assertThat(store.nextDue()).isEmpty();
      }
      assertThat(settings(pool, server, 4)).isEqualTo(before);
    }
  }

  /** What each of the pool's connections is set to. */
  private static List<String> settings(HikariDataSource pool, DatabaseServer server, int size) throws SQLException {
    List<Connection> all = new ArrayList<>();
    List<String> settings = new ArrayList<>();
    try {
      for (int i = 0; i < size; i++) all.add(pool.getConnection());
      for (Connection connection : all) settings.add(settings(connection, server));
    } finally {
      for (Connection connection : all) connection.close();
    }
    return settings;
  }

  private static String settings(Connection connection, DatabaseServer server) throws SQLException {
    String question = switch (server.name()) {
      case "postgres" -> """
          select current_setting('enable_seqscan') || current_setting('enable_hashjoin')
            || current_setting('plan_cache_mode') || current_setting('default_transaction_isolation')""";
      case "mariadb" -> "select concat(@@sql_mode, ' ', @@innodb_lock_wait_timeout)";
      default -> "select 'nothing to set'";
    };
    try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(question)) {
      rows.next();
      return rows.getString(1) + " " + connection.getTransactionIsolation() + " " + connection.getAutoCommit();
    }
  }
}
