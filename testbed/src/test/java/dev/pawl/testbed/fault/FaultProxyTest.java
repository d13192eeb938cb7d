package dev.pawl.testbed.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FaultProxyTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final When FIRST = new When.Nth(1);

  static Stream<DatabaseServer> servers() {
    return Stream.of(Databases.postgres(), Databases.mariadb(), Databases.mysql());
  }

  /** The ways in which drivers send a write. */
  static Stream<Arguments> ways() {
    return Stream.of(
        Arguments.of(Databases.postgres(), Map.of()),
        Arguments.of(Databases.postgres(), Map.of("preferQueryMode", "simple")),
        Arguments.of(Databases.postgres(), Map.of("prepareThreshold", "1")),
        Arguments.of(Databases.mariadb(), Map.of()),
        Arguments.of(Databases.mariadb(), Map.of("useServerPrepStmts", "true")),
        Arguments.of(Databases.mysql(), Map.of()),
        Arguments.of(Databases.mysql(), Map.of("useServerPrepStmts", "true")));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void cutAfterCommitLeavesTheRowAndTheClientWithAnException(DatabaseServer server, Map<String, String> way)
      throws SQLException {
    Database direct = numbers(server);
    try (var proxy = FaultProxy.before(direct); var connection = connect(proxy, way)) {
      Armed cut = proxy.arm(Fault.cutAfterCommit(FIRST));
      assertThatThrownBy(() -> insert(connection, 1)).isInstanceOf(SQLException.class);
      assertThat(cut.fired()).isEqualTo(1);
      assertThat(proxy.commits()).isEqualTo(1);
      assertThat(rows(direct)).isEqualTo(1);
      assertThat(proxy.neverFired()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void cutBeforeCommitLeavesNoRow(DatabaseServer server, Map<String, String> way) throws SQLException {
    Database direct = numbers(server);
    try (var proxy = FaultProxy.before(direct); var connection = connect(proxy, way)) {
      Armed cut = proxy.arm(Fault.cutBeforeCommit(FIRST));
      assertThatThrownBy(() -> insert(connection, 1)).isInstanceOf(SQLException.class);
      assertThat(cut.fired()).isEqualTo(1);
      assertThat(proxy.commits()).isZero();
      assertThat(rows(direct)).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void findsTheCommitOfATransaction(DatabaseServer server, Map<String, String> way) throws SQLException {
    Database direct = numbers(server);
    try (var proxy = FaultProxy.before(direct)) {
      for (Fault fault : new Fault[] {Fault.cutBeforeCommit(FIRST), Fault.cutAfterCommit(FIRST)}) {
        try (var connection = connect(proxy, way)) {
          connection.setAutoCommit(false);
          Armed cut = proxy.arm(fault);
          insert(connection, 1);
          insert(connection, 2);
          assertThat(rows(connection)).isEqualTo(2);
          assertThat(cut.fired()).isZero();
          assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
          assertThat(cut.fired()).isEqualTo(1);
          assertThat(rows(direct)).isEqualTo(fault instanceof Fault.CutAfterCommit ? 2 : 0);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void countsOnlyWhatMadeWritesDurable(DatabaseServer server, Map<String, String> way) throws SQLException {
    Database direct = numbers(server);
    try (var proxy = FaultProxy.before(direct); var connection = connect(proxy, way)) {
      Armed cut = proxy.arm(Fault.cutAfterCommit(new When.Nth(9)));
      connection.setAutoCommit(false);
      rows(connection);
      connection.commit(); // read only
      insert(connection, 1);
      connection.rollback();
      run(connection, "select n from numbers for update");
      connection.commit();
      assertThat(proxy.commits()).isZero();

      insert(connection, 1);
      connection.commit();
      assertThat(proxy.commits()).isEqualTo(1);
      connection.setAutoCommit(true);
      run(connection, "select n from numbers where n = 1 for update");
      assertThatThrownBy(() -> insert(connection, 1)).isInstanceOf(SQLException.class); // a duplicate
      assertThat(proxy.commits()).isEqualTo(1);
      for (int i = 2; i <= 8; i++) insert(connection, i); // often enough for a driver to give the statement a name
      // It changes nothing, and yet it is a commit.
      assertThatThrownBy(() -> run(connection, "update numbers set n = n where n = 99"))
          .isInstanceOf(SQLException.class);
      assertThat(cut.fired()).isEqualTo(1);
      assertThat(proxy.commits()).isEqualTo(9);
      assertThat(rows(direct)).isEqualTo(8);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void findsTheCommitsOfABatch(DatabaseServer server, Map<String, String> way) throws SQLException {
    Database direct = numbers(server);
    try (var proxy = FaultProxy.before(direct); var connection = connect(proxy, way)) {
      Armed cut = proxy.arm(Fault.cutAfterCommit(FIRST));
      assertThatThrownBy(() -> insertBatch(connection, 50)).isInstanceOf(SQLException.class);
      assertThat(cut.fired()).isEqualTo(1);
      assertThat(rows(direct)).isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void keepsCountOverLongAnswers(DatabaseServer server, Map<String, String> way) throws SQLException {
    Database direct = numbers(server);
    try (var proxy = FaultProxy.before(direct); var connection = connect(proxy, way)) {
      connection.setAutoCommit(false);
      insertBatch(connection, 700);
      connection.commit();
      connection.setAutoCommit(true);
      assertThat(proxy.commits()).isEqualTo(1);
      run(connection, "create table more (n int primary key)");
      long commits = proxy.commits();
      run(connection, "/* update */ select a.n, 'insert; into', \"numbers\".n from numbers a cross join numbers"
          .replace("\"", server == Databases.postgres() ? "\"" : "`") + " where a.n < 3 -- delete");
      assertThat(proxy.commits()).isEqualTo(commits);
      Armed cut = proxy.arm(Fault.cutAfterCommit(FIRST));
      assertThatThrownBy(() -> insert(connection, 701)).isInstanceOf(SQLException.class);
      assertThat(cut.fired()).isEqualTo(1);
      assertThat(rows(direct)).isEqualTo(701);
    }
  }

  @Test
  void cutsTheSingleStatementThatIsAWholeGroupOfCommits() throws SQLException {
    Database direct = numbers(Databases.postgres());
    run(direct, "create table seen (n int primary key)");
    try (var proxy = FaultProxy.before(direct);
        var connection = connect(proxy, Map.of());
        var group = connection.prepareStatement("""
            with landed as (insert into numbers select n from unnest(?::int[]) t (n) returning n)
            insert into seen select n from landed returning n""")) {
      proxy.arm(Fault.cutAfterCommit(new When.Nth(8)));
      for (int i = 1; i <= 7; i++) {
        group.setArray(1, connection.createArrayOf("int4", new Object[] {2 * i, 2 * i + 1}));
        group.executeQuery().close();
      }
      group.setArray(1, connection.createArrayOf("int4", new Object[] {100}));
      assertThatThrownBy(group::executeQuery).isInstanceOf(SQLException.class);
      assertThat(proxy.commits()).isEqualTo(8);
      assertThat(rows(direct)).isEqualTo(15);
    }
  }

  @Test
  void aCommitThatTheServerRefusesIsTold() throws SQLException {
    Database direct = numbers(Databases.postgres());
    run(direct, "create table late (n int unique deferrable initially deferred)");
    try (var proxy = FaultProxy.before(direct); var connection = connect(proxy, Map.of())) {
      Armed cut = proxy.arm(Fault.cutAfterCommit(FIRST));
      connection.setAutoCommit(false);
      run(connection, "insert into late values (1), (1)");
      assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class).hasMessageContaining("duplicate key");
      assertThat(cut.fired()).isZero();
      assertThat(proxy.neverFired()).hasSize(1);
      assertThat(proxy.commits()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aLateCommitComesAfterTheClientHasGone(DatabaseServer server) throws SQLException {
    Database direct = numbers(server);
    try (var proxy = FaultProxy.before(direct)) {
      for (boolean autocommit : new boolean[] {true, false}) {
        long before = rows(direct);
        Armed late = proxy.arm(Fault.lateCommit(FIRST, Duration.ofHours(1)));
        try (var connection = connect(proxy, Map.of())) {
          connection.setAutoCommit(autocommit);
          assertThatThrownBy(() -> {
            insert(connection, autocommit ? 1 : 2);
            connection.commit();
          }).isInstanceOf(SQLException.class);
        }
        assertThat(rows(direct)).isEqualTo(before);
        long commits = proxy.commits();
        late.disarm();
        assertThat(proxy.awaitCommits(commits + 1, SOON)).isTrue();
        assertThat(rows(direct)).isEqualTo(before + 1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aStalledCommitKeepsItsTransactionOpen(DatabaseServer server) throws Exception {
    Database direct = numbers(server);
    try (var proxy = FaultProxy.before(direct); var connection = connect(proxy, Map.of())) {
      connection.setAutoCommit(false);
      insert(connection, 1);
      Armed stall = proxy.arm(Fault.stallCommit(FIRST));
      var commit = CompletableFuture.runAsync(() -> {
        try {
          connection.commit();
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      });
      assertThat(stall.awaitFired(1, SOON)).isTrue();
      assertThat(rows(direct)).isZero();
      assertThat(commit).isNotDone();
      stall.disarm();
      commit.get(60, TimeUnit.SECONDS);
      assertThat(rows(direct)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aFreezeHoldsBackAndLetsGo(DatabaseServer server) throws Exception {
    Database direct = numbers(server);
    try (var proxy = FaultProxy.before(direct); var connection = connect(proxy, Map.of())) {
      for (Direction direction : Direction.values()) {
        Armed freeze = proxy.arm(Fault.freeze(direction));
        var answer = CompletableFuture.supplyAsync(() -> rowsUnchecked(connection));
        assertThat(freeze.awaitFired(1, SOON)).isTrue();
        assertThatThrownBy(() -> answer.get(20, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        freeze.disarm();
        assertThat(answer.get(60, TimeUnit.SECONDS)).isZero();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void dropsOneWay(DatabaseServer server) throws Exception {
    Database direct = numbers(server);
    try (var proxy = FaultProxy.before(direct)) {
      try (var connection = connect(proxy, Map.of())) {
        Armed deaf = proxy.arm(Fault.drop(Direction.TO_SERVER));
        var insert = CompletableFuture.runAsync(() -> insertUnchecked(connection, 1));
        assertThat(deaf.awaitFired(1, SOON)).isTrue();
        proxy.arm(Fault.reset());
        assertThatThrownBy(insert::get).isInstanceOf(ExecutionException.class);
        assertThat(rows(direct)).isZero();
        proxy.heal();
      }
      try (var connection = connect(proxy, Map.of())) {
        Armed mute = proxy.arm(Fault.drop(Direction.TO_CLIENT));
        var insert = CompletableFuture.runAsync(() -> insertUnchecked(connection, 1));
        assertThat(mute.awaitFired(1, SOON)).isTrue();
        assertThat(rows(direct)).isEqualTo(1);
        proxy.arm(Fault.reset());
        assertThatThrownBy(insert::get).isInstanceOf(ExecutionException.class);
      }
    }
  }

  @Test
  void aConnectionThatLostBytesPassesNothingMore() throws Exception {
    try (var proxy = FaultProxy.before(Databases.postgres().fresh())) {
      var out = new ByteArrayOutputStream();
      var gate = new Gate(proxy, Direction.TO_SERVER, out);
      gate.pass(new byte[] {1});
      Armed drop = proxy.arm(Fault.drop(Direction.TO_SERVER));
      gate.pass(new byte[] {2});
      drop.disarm();
      gate.pass(new byte[] {3});
      assertThat(out.toByteArray()).containsExactly(1);
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void cutsConnectionsInEveryManner(DatabaseServer server) throws SQLException {
    Database direct = numbers(server);
    try (var proxy = FaultProxy.before(direct)) {
      for (Fault fault : new Fault[] {Fault.reset(), Fault.finish(), Fault.truncate(Direction.TO_CLIENT, 3),
          Fault.truncate(Direction.TO_SERVER, 7)}) {
        try (var connection = connect(proxy, Map.of())) {
          Armed cut = proxy.arm(fault);
          assertThatThrownBy(() -> insert(connection, 1)).isInstanceOf(SQLException.class);
          assertThat(cut.fired()).isEqualTo(1);
          cut.disarm();
        }
        run(direct, "delete from numbers");
      }
      Armed refuse = proxy.arm(Fault.refuse());
      assertThatThrownBy(() -> connect(proxy, Map.of())).isInstanceOf(SQLException.class);
      assertThat(refuse.fired()).isPositive();
      proxy.heal();
      connect(proxy, Map.of()).close();
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void delaysAndSaysWhatNeverHappened(DatabaseServer server) throws SQLException {
    Database direct = numbers(server);
    try (var proxy = FaultProxy.before(direct); var connection = connect(proxy, Map.of())) {
      proxy.arm(new Fault.Delay(Direction.TO_CLIENT, Duration.ofMillis(60), Duration.ofMillis(10), 1));
      proxy.arm(Fault.cutBeforeCommit(FIRST));
      proxy.arm(new Fault.CutAfterCommit(new When.Chance(0.5, 7)));
      long start = System.nanoTime();
      rows(connection);
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(60_000_000L);
      assertThat(proxy.fired("delay")).isPositive();
      assertThat(proxy.neverFired()).extracting(Fault::name).containsExactly("cut-before-commit", "cut-after-commit");
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void isDrivenByAnotherProcess(DatabaseServer server) throws Exception {
    Database direct = numbers(server);
    try (var proxy = FaultProxy.before(direct);
        var control = new FaultControl(proxy.controlPort());
        var connection = connect(proxy, Map.of())) {
      int cut = control.arm(Fault.cutAfterCommit(new When.Nth(2)));
      int freeze = control.arm(Fault.freeze(Direction.TO_CLIENT));
      control.disarm(freeze);
      insert(connection, 1);
      assertThatThrownBy(() -> insert(connection, 2)).isInstanceOf(SQLException.class);
      assertThat(control.awaitFired(cut, 1, SOON)).isTrue();
      assertThat(control.fired(cut)).isEqualTo(1);
      assertThat(control.commits()).isEqualTo(2);
      assertThat(control.ask("counts")).contains("commits=2", "cut-after-commit=1");
      assertThat(control.ask("never-fired")).isEqualTo("freeze direction=to-client");
      assertThatThrownBy(() -> control.ask("arm earthquake")).hasMessage("no such fault: 'earthquake'");
      control.heal();
      assertThat(rows(direct)).isEqualTo(2);
    }
  }

  // ---- the database

  private static Database numbers(DatabaseServer server) throws SQLException {
    Database database = server.fresh();
    run(database, "create table numbers (n int primary key)");
    return database;
  }

  private static Connection connect(FaultProxy proxy, Map<String, String> way) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", proxy.database().user());
    properties.putAll(way);
    return DriverManager.getConnection(proxy.database().jdbcUrl(), properties);
  }

  private static void insert(Connection connection, int n) throws SQLException {
    try (var statement = connection.prepareStatement("insert into numbers (n) values (?)")) {
      statement.setInt(1, n);
      statement.executeUpdate();
    }
  }

  private static void insertBatch(Connection connection, int count) throws SQLException {
    try (var statement = connection.prepareStatement("insert into numbers (n) values (?)")) {
      for (int i = 1; i <= count; i++) {
        statement.setInt(1, i);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void insertUnchecked(Connection connection, int n) {
    try {
      insert(connection, n);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long rows(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement("select count(*) from numbers");
        var rows = statement.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static long rowsUnchecked(Connection connection) {
    try {
      return rows(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long rows(Database direct) throws SQLException {
    try (var connection = direct.dataSource().getConnection()) {
      return rows(connection);
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void run(Database direct, String sql) throws SQLException {
    try (var connection = direct.dataSource().getConnection()) {
      run(connection, sql);
    }
  }
}
