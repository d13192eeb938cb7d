package dev.pawl.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DatabasesTest {

  static Stream<DatabaseServer> every() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb(), Databases.mysql());
  }

  static Stream<DatabaseServer> servers() {
    return every().filter(server -> server != Databases.sqlite());
  }

  @ParameterizedTest
  @MethodSource("every")
  void givesEmptyDatabasesThatDoNotKnowEachOther(DatabaseServer server) throws SQLException {
    Database one = server.fresh();
    Database two = server.fresh();
    run(one, "create table t (x int)");
    run(two, "create table t (x int)");
    run(one, "insert into t values (1)");
    assertThat(number(one, "select 1")).isEqualTo(1);
    assertThat(number(one, "select count(*) from t")).isEqualTo(1);
    assertThat(number(two, "select count(*) from t")).isZero();
  }

  @ParameterizedTest
  @MethodSource("servers")
  void keepsWhatWasCommittedWhenKilledAndWhenStopped(DatabaseServer server) throws SQLException {
    Database database = server.fresh();
    run(database, "create table t (x int)");
    run(database, "insert into t values (1)");

    database.kill();
    assertThatThrownBy(() -> number(database, "select 1")).isInstanceOf(SQLException.class);
    database.restart();
    assertThat(number(database, "select count(*) from t")).isEqualTo(1);

    database.stop();
    assertThatThrownBy(() -> number(database, "select 1")).isInstanceOf(SQLException.class);
    database.restart();
    assertThat(number(database, "select count(*) from t")).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void startsAgainForTheNextTestThatAsks(DatabaseServer server) throws SQLException {
    server.fresh().kill();
    assertThat(number(server.fresh(), "select 1")).isEqualTo(1);
  }

  private static void run(Database database, String sql) throws SQLException {
    try (var connection = database.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int number(Database database, String sql) throws SQLException {
    try (var connection = database.dataSource().getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
