package dev.pawl.engine.store.sql;

import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.StoreException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** MariaDB and MySQL, which is spoken to with MariaDB's driver as well. */
final class MariadbDialect implements Dialect {
  private static final int SCHEMA_PATIENCE_SECONDS = 60;

  @Override
  public String name() {
    return "mariadb";
  }

  // Independent of the session's time zone, which may have hours that come twice.
  @Override
  public String now() {
    return "timestampdiff(microsecond, timestamp '1970-01-01 00:00:00', utc_timestamp(6))";
  }

  @Override
  public String byKey() {
    return " force index (primary)";
  }

  @Override
  public String readyAt() {
    return "r.ready_at";
  }

  @Override
  public String waitingAt() {
    return "t.waiting_at";
  }

  @Override
  public String ready() {
    return "r.ready_at <= {due}";
  }

  @Override
  public String waiting() {
    return "t.waiting_at <= {due}";
  }

  // Its index has rows of every phase: a line whose rows wait for nobody is jumped over like any other.
  @Override
  public String readyLine() {
    return "r.priority >= 0";
  }

  @Override
  public String waitingLine() {
    return "t.priority >= 0";
  }

  @Override
  public String readyLater() {
    return "r.delayed_at > {due}";
  }

  @Override
  public String waitingLater() {
    return "t.delayed_at > {due}";
  }

  @Override
  public String laterAt(String at) {
    return at.charAt(0) + ".delayed_at";
  }

  @Override
  public String waitingJob() {
    return "o.waiting_at <= {due}";
  }

  @Override
  public String waitingJobLater() {
    return "o.waiting_at > {due}";
  }

  @Override
  public String jobAt() {
    return "o.waiting_at";
  }

  @Override
  public String held() {
    return "r.held_by";
  }

  @Override
  public String onDuplicate(String key, String... columns) {
    return " on duplicate key update "
        + Arrays.stream(columns).map(c -> c + " = values(" + c + ")").collect(Collectors.joining(", "));
  }

  @Override
  public Trouble classify(SQLException problem) {
    int code = problem.getErrorCode();
    String state = String.valueOf(problem.getSQLState());
    return switch (code) {
      case 1213, 1205, 1020, 3572 -> Trouble.RETRY; // deadlock, lock wait, changed since read, nowait
      case 1062, 1586 -> Trouble.DUPLICATE;
      case 1969, 3024 -> Trouble.EXPENSIVE; // MariaDB's word, and MySQL's
      case 1048, 1153, 1264, 1265, 1292, 1364, 1366, 1406, 3140, 3819, 4025 -> Trouble.DATA;
      case 1021, 1026, 1040, 1114, 1203, 1226, 1290, 1792, 1836 -> Trouble.UNWILLING; // full, read-only, too many
      case 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1317, 1927, 2006, 2013, 4031 -> Trouble.LOST;
      default -> state.startsWith("08") || state.startsWith("70100") ? Trouble.LOST
          : state.startsWith("22") || state.startsWith("23") ? Trouble.DATA
          : state.startsWith("40") ? Trouble.RETRY
          : Trouble.DEFECT;
    };
  }

  @Override
  public boolean waitedForLock(SQLException problem) {
    return problem.getErrorCode() == 1205;
  }

  @Override
  public boolean readsAllOfAnEqual() {
    return true;
  }

  /** MariaDB reads what MySQL takes for a comment, and the other way round. */
  @Override
  public String bounded(String select, Duration most) {
    return "/*M!100100 set statement max_statement_time = %d.%03d for */ select /*+ max_execution_time(%d) */%s".formatted(
        most.toSeconds(), most.toMillisPart(), most.toMillis(), select.substring("select".length()));
  }

  // Switching autocommit costs a round trip each way. A writer is always in a transaction; a connection of the pool
  // begins one by an ordinary statement.
  @Override
  public void begin(Connection connection) throws SQLException {
    if (connection.getAutoCommit()) run(connection, "start transaction");
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    run(connection, "commit");
  }

  @Override
  public void rollback(Connection connection) throws SQLException {
    run(connection, "rollback");
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void beginSchema(Link link) throws SQLException {
    try (Call lock = link.sql("select get_lock('pawl_schema', ?)")) {
      Long got = lock.number(SCHEMA_PATIENCE_SECONDS).first(Row::number);
      if (got == null || got != 1) {
        throw new SQLException("another node has been migrating for a minute", "40001", 1205);
      }
    }
  }

  @Override
  public void endSchema(Link link, boolean done) throws SQLException {
    if (done) run(link.connection(), "commit");
    else run(link.connection(), "rollback");
    try (Call unlock = link.sql("select release_lock('pawl_schema')")) {
      unlock.first(Row::number);
    }
  }

  /** Names compare byte by byte and without padding: the two systems have different words for it. */
  @Override
  public String fillSchema(Link link, String sql) throws SQLException {
    boolean maria = link.connection().getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT).contains("maria");
    return sql.replace("{collation}", maria ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin");
  }

  @Override
  public void prepareWriter(Connection connection) throws SQLException {
    prepareReader(connection);
    connection.setAutoCommit(false);
    String flush = show(connection, "select @@innodb_flush_log_at_trx_commit");
    if (!flush.equals("1")) {
      throw refused("innodb_flush_log_at_trx_commit is %s, so a crash loses acknowledged work; set it to 1"
          .formatted(flush));
    }
    if (!show(connection, "select @@global.read_only").equals("0")) {
      throw refused("the server is read-only; connect to the primary, not to a replica");
    }
  }

  @Override
  public void prepareReader(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    try (Statement statement = connection.createStatement()) {
      // A node that stands still in the middle of a transaction must not hold its locks against the others for ever.
      // MySQL has nothing like it: there only the end of the connection frees them.
      statement.execute("set @pawl_sql_mode = @@session.sql_mode, "
          + "@pawl_lock_wait = @@session.innodb_lock_wait_timeout");
      // Without strict mode a value that does not fit is cut, silently.
      statement.execute("set session sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
          + "NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 2 /*M!100300 , idle_transaction_timeout = 5 */");
    }
  }

  @Override
  public void restore(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("set session sql_mode = @pawl_sql_mode, innodb_lock_wait_timeout = @pawl_lock_wait");
    }
  }

  private static String show(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }

  private static StoreException refused(String message) {
    return new StoreException(Rejection.Code.BAD_CONFIGURATION, "MariaDB/MySQL: " + message,
        new IllegalStateException(message));
  }
}
