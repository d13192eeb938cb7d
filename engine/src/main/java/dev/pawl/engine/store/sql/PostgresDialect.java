package dev.pawl.engine.store.sql;

import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.jdbc.PgStatement;
import org.jspecify.annotations.Nullable;

/** PostgreSQL. */
final class PostgresDialect implements Dialect {
  /** Any number will do, as long as it is the same on all nodes and nobody else's. */
  private static final long SCHEMA_LOCK = 0x7061776C_736368L;

  /** Classes of errors: no such function or no right to it, no such feature. */
  private static final Set<String> NOT_TOLD = Set.of("42", "0A");

  @Override
  public String name() {
    return "postgres";
  }

  // now() is the start of the statement (in autocommit) and, unlike clock_timestamp(), may bound an index range.
  @Override
  public String now() {
    return "(extract(epoch from now()) * 1000000)::bigint";
  }

  @Override
  public boolean locksWhatItPicks() {
    return true;
  }

  @Override
  public String onDuplicate(String key, String... columns) {
    return " on conflict (" + key + ") do update set "
        + Arrays.stream(columns).map(c -> c + " = excluded." + c).collect(Collectors.joining(", "));
  }

  @Override
  public void bindUuid(PreparedStatement statement, int at, @Nullable UUID value) throws SQLException {
    if (value == null) statement.setNull(at, Types.OTHER, "uuid");
    else statement.setObject(at, value);
  }

  @Override
  public @Nullable UUID readUuid(ResultSet rows, int at) throws SQLException {
    return rows.getObject(at, UUID.class);
  }

  @Override
  public Trouble classify(SQLException problem) {
    String state = problem.getSQLState();
    if (state == null) return Trouble.DEFECT;
    return switch (state) {
      case "40001", "40P01", "55P03" -> Trouble.RETRY; // serialization, deadlock, lock not available
      case "23505" -> Trouble.DUPLICATE;
      case "57014" -> Trouble.EXPENSIVE; // cancelled: by the driver, see bound()
      // idle in transaction for too long, shutdown, crash, starting up, idle session timeout
      case "25P03", "57P01", "57P02", "57P03", "57P05" -> Trouble.LOST;
      case "25006" -> Trouble.UNWILLING; // read-only
      default -> switch (state.substring(0, 2)) {
        case "08" -> Trouble.LOST;
        case "22", "23", "54" -> Trouble.DATA; // data, constraint, limit
        case "53" -> Trouble.UNWILLING; // disk full, out of memory, too many connections
        case "58" -> Trouble.LOST; // I/O error
        default -> Trouble.DEFECT;
      };
    };
  }

  @Override
  public boolean waitedForLock(SQLException problem) {
    return "55P03".equals(problem.getSQLState());
  }

  @Override
  public Bound bound(PreparedStatement statement, Duration most) throws SQLException {
    if (statement.isWrapperFor(PgStatement.class)) statement.unwrap(PgStatement.class).setQueryTimeoutMs(most.toMillis());
    else statement.setQueryTimeout(Math.toIntExact(most.plusMillis(999).toSeconds()));
    return () -> {};
  }

  @Override
  public void beginSchema(Link link) throws SQLException {
    begin(link.connection());
    try (Call lock = link.sql("select 1 from (select pg_advisory_xact_lock(?)) l")) {
      lock.number(SCHEMA_LOCK).first(Row::number);
    }
  }

  /**
   * Planner settings under which the statements of the commit path cannot flip to reading whole tables, whatever the
   * statistics say, and a generic plan, because parsing and planning would cost more than executing.
   */
  @Override
  public void prepareWriter(Connection connection) throws SQLException {
    settings(connection, Map.of("enable_hashjoin", "off", "enable_mergejoin", "off", "enable_bitmapscan", "off",
        "plan_cache_mode", "force_generic_plan", "lock_timeout", "2s"));
    verify(connection);
    Records.learn(connection);
  }

  @Override
  public void prepareReader(Connection connection) throws SQLException {
    settings(connection, Map.of());
  }

  /**
   * All settings in one round trip: a node opens its connections while work waits for them, over a network that may be
   * slow.
   */
  private static void settings(Connection connection, Map<String, String> more) throws SQLException {
    connection.setAutoCommit(true);
    Map<String, String> all = new LinkedHashMap<>(more);
    all.put("default_transaction_isolation", "read committed");
    all.put("jit", "off");
    // A node that stands still in the middle of a transaction must not hold its locks against the others for ever.
    all.put("idle_in_transaction_session_timeout", "5s");
    // There is an index for every question; without statistics the planner does not know that it is small.
    all.put("enable_seqscan", "off");
    ask(connection, all.entrySet().stream()
        .map(one -> "set_config('%s', '%s', false)".formatted(one.getKey(), one.getValue()))
        .collect(Collectors.joining(", ")));
  }

  /** The first part of the name of the file that is being written to; the control file tells too late. */
  @Override
  public long timeline(Connection connection) throws SQLException {
    try {
      return Long.parseLong(ask(connection,
          "case when pg_is_in_recovery() then '0' else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end").getFirst(), 16);
    } catch (SQLException e) {
      // Some that speak PostgreSQL's language keep no such files, or show them to nobody.
      if (e.getSQLState() != null && NOT_TOLD.contains(e.getSQLState().substring(0, 2))) return NO_TIMELINE;
      throw e;
    }
  }

  @Override
  public void restore(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(Stream.of("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_bitmapscan",
          "plan_cache_mode", "lock_timeout", "jit").map("reset "::concat).collect(Collectors.joining("; ")));
    }
  }

  private static void verify(Connection connection) throws SQLException {
    List<String> found = ask(connection, Stream.of("fsync", "transaction_read_only", "transaction_isolation",
        "synchronous_commit", "enable_seqscan").map("current_setting('%s')"::formatted)
        .collect(Collectors.joining(", ")));
    expect("fsync", "on", found.get(0), "without it a crash of the machine loses acknowledged work");
    expect("transaction_read_only", "off", found.get(1), "connect to the primary, not to a replica");
    expect("transaction_isolation", "read committed", found.get(2),
        "guards count on reading the newest committed rows");
    if (found.get(3).equals("off")) {
      throw refused("synchronous_commit is off, so a crash loses acknowledged work; set it to on for this user");
    }
    // A transaction pooler hands each transaction to another backend, which does not have our settings.
    expect("enable_seqscan", "off", found.get(4),
        "settings do not last; connect to the database itself, not through a transaction pooler");
  }

  private static void expect(String setting, String value, String found, String why) {
    if (!found.equals(value)) throw refused("%s is '%s', expected '%s': %s".formatted(setting, found, value, why));
  }

  /** The columns of one row of texts. */
  private static List<String> ask(Connection connection, String columns) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select " + columns)) {
      rows.next();
      List<String> row = new ArrayList<>();
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) row.add(rows.getString(i));
      return row;
    }
  }

  private static StoreException refused(String message) {
    return new StoreException(Rejection.Code.BAD_CONFIGURATION, "PostgreSQL: " + message,
        new IllegalStateException(message));
  }
}
