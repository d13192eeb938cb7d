package dev.pawl.engine.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.sqlite.ProgressHandler;

/** SQLite: one writer at a time, so there is nobody to lock out and nobody to skip. */
final class SqliteDialect implements Dialect {
  /** Of SQLite's machine, between two looks at the clock: less than a millisecond. */
  private static final int STEPS = 10_000;

  @Override
  public String name() {
    return "sqlite";
  }

  /** Never used: SQLite has no clock of its own, the process's is written into the statement ({@link Timekeeper}). */
  @Override
  public String now() {
    return "cast(unixepoch('subsec') * 1000000 as integer)";
  }

  @Override
  public String forUpdate() {
    return "";
  }

  @Override
  public String skipLocked() {
    return "";
  }

  @Override
  public String onDuplicate(String key, String... columns) {
    return " on conflict (" + key + ") do update set "
        + Arrays.stream(columns).map(c -> c + " = excluded." + c).collect(Collectors.joining(", "));
  }

  // The driver's own transactions begin without the write lock and can then fail in the middle with SQLITE_BUSY.
  @Override
  public void begin(Connection connection) throws SQLException {
    run(connection, "begin immediate");
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
  public Bound bound(PreparedStatement statement, Duration most) throws SQLException {
    Connection connection = statement.getConnection();
    long began = System.nanoTime();
    ProgressHandler.setHandler(connection, STEPS, new ProgressHandler() {
      @Override
      protected int progress() {
        return System.nanoTime() - began < most.toNanos() ? 0 : 1;
      }
    });
    return () -> ProgressHandler.clearHandler(connection);
  }

  @Override
  public boolean locksWhole() {
    return true;
  }

  @Override
  public Trouble classify(SQLException problem) {
    return switch (problem.getErrorCode() & 0xFF) {
      case 5, 6, 15 -> Trouble.RETRY; // BUSY, LOCKED, PROTOCOL
      case 10 -> Trouble.LOST; // IOERR: the file may or may not have taken it
      case 8, 13, 14, 11, 26, 3, 23 -> Trouble.UNWILLING; // READONLY, FULL, CANTOPEN, CORRUPT, NOTADB, PERM, AUTH
      case 9 -> Trouble.EXPENSIVE; // INTERRUPT, see bound()
      case 19 -> isDuplicate(problem) ? Trouble.DUPLICATE : Trouble.DATA; // CONSTRAINT
      case 18, 20, 25 -> Trouble.DATA; // TOOBIG, MISMATCH, RANGE
      default -> String.valueOf(problem.getMessage()).contains("closed") ? Trouble.LOST : Trouble.DEFECT;
    };
  }

  private static boolean isDuplicate(SQLException problem) {
    String message = String.valueOf(problem.getMessage());
    return message.contains("SQLITE_CONSTRAINT_PRIMARYKEY") || message.contains("SQLITE_CONSTRAINT_UNIQUE");
  }
}
