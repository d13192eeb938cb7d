package dev.pawl.testkit;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RunId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads how everything stands out of the engine's own tables, in one snapshot. Not for several threads at once. */
final class Look implements AutoCloseable {
  private static final String TASKS = """
      select r.run_id, 0, 0, r.epoch, r.session, r.namespace, r.queue, r.workflow_type, r.workflow_id, r.phase,
        r.visible_at, r.closed_at
      from pawl_runs r where r.phase in ('READY', 'LEASED')""";
  private static final String ACTIVITIES = """
      select t.run_id, t.step, t.attempt, t.epoch, t.session, t.namespace, t.queue, t.activity_type, t.workflow_id,
        t.phase, t.visible_at, t.deadline_at
      from pawl_tasks t""";
  private static final String DUE = "select count(*) from pawl_mailbox m where m.due <= ?";
  private static final String NEXT = "select min(m.due) from pawl_mailbox m where m.due > ?";
  private static final String SESSIONS = "select session_id, expires_at from pawl_sessions where ended_as is null";

  private final Connection connection;

  /** Opens a connection. */
  interface Source {
    Connection open() throws SQLException;
  }

  Look(Source database) {
    try {
      connection = database.open();
      // One snapshot for all statements: SQLite has it anyway, and its driver refuses the words.
      boolean sqlite = connection.getMetaData().getURL().startsWith("jdbc:sqlite:");
      if (!sqlite) connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot look into the database: " + e.getMessage(), e);
    }
  }

  Standing at(Instant now) {
    try {
      try {
        long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
        List<Standing.Task> tasks = new ArrayList<>();
        tasks(TASKS, tasks);
        tasks(ACTIVITIES, tasks);
        Long due = number(DUE, micros);
        Long next = number(NEXT, micros);
        return new Standing(now, tasks, due == null ? 0 : due, next == null ? null : instant(next), sessions());
      } finally {
        connection.rollback();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("cannot look into the database: " + e.getMessage(), e);
    }
  }

  private void tasks(String sql, List<Standing.Task> into) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql); ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        String session = rows.getString(5);
        long deadline = rows.getLong(12);
        boolean none = rows.wasNull();
        into.add(new Standing.Task(RunId.parse(rows.getString(1)), rows.getInt(2), rows.getInt(3), rows.getLong(4),
            session == null ? null : SessionId.parse(session), rows.getString(6), rows.getString(7),
            rows.getString(8), rows.getString(9), rows.getString(10), instant(rows.getLong(11)),
            none ? null : instant(deadline)));
      }
    }
  }

  private List<Standing.Lease> sessions() throws SQLException {
    List<Standing.Lease> all = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(SESSIONS);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) all.add(new Standing.Lease(SessionId.parse(rows.getString(1)), instant(rows.getLong(2))));
    }
    return all;
  }

  private @Nullable Long number(String sql, long argument) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, argument);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) return null;
        long value = rows.getLong(1);
        return rows.wasNull() ? null : value;
      }
    }
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plusSeconds(Math.floorDiv(micros, 1_000_000L))
        .plusNanos(Math.floorMod(micros, 1_000_000L) * 1_000);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException ignored) {
      // The database is thrown away.
    }
  }
}
