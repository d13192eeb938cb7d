package dev.pawl.engine.work;

import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.worker.WorkerApi;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * User work and the record of its result in one transaction of the engine's database. The record's key is the step, so
 * a second execution fails on it and its work is rolled back, whoever runs it.
 */
final class EffectTransactions implements WorkerApi.LocalTransactions {
  private static final int TRIES = 20;

  private final Store store;
  private final DataSource database;

  EffectTransactions(Store store, DataSource database) {
    this.store = store;
    this.database = database;
  }

  @Override
  public Payload run(RunId run, int step, int isolation, Work work) throws Exception {
    for (int attempt = 1; ; attempt++) {
      Optional<Payload> recorded = store.effectOf(run, step);
      if (recorded.isPresent()) return recorded.get();
      try {
        return once(run, step, isolation, work);
      } catch (SQLException e) {
        // Our own earlier commit whose answer was lost, or another worker's: its result is the result.
        recorded = store.effectOf(run, step);
        if (recorded.isPresent()) return recorded.get();
        if (!worthAnotherTry(e) || attempt == TRIES) throw e;
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(
            ThreadLocalRandom.current().nextLong(1, Math.min(250, 5L << Math.min(attempt, 6)))));
      }
    }
  }

  private Payload once(RunId run, int step, int isolation, Work work) throws Exception {
    try (Connection connection = database.getConnection()) {
      boolean autoCommit = connection.getAutoCommit();
      int was = connection.getTransactionIsolation();
      boolean committed = false;
      try {
        if (was != isolation) connection.setTransactionIsolation(isolation);
        connection.setAutoCommit(false);
        Payload result = work.in(connection);
        if (result.size() > Payload.MAX_BYTES) {
          throw new RejectedException(Rejection.because(Rejection.Code.PAYLOAD_TOO_LARGE,
              "expected at most %d bytes, got %d".formatted(Payload.MAX_BYTES, result.size())));
        }
        store.recordEffect(connection, run, step, result);
        connection.commit();
        committed = true;
        return result;
      } finally {
        // Also when the user's work threw: nothing of it may stay on a connection that goes back to a pool.
        if (!committed) rollback(connection);
        restore(connection, autoCommit, was);
      }
    }
  }

  private static void rollback(Connection connection) {
    try {
      connection.rollback();
    } catch (SQLException ignored) {
      // The connection is broken, and with it the transaction.
    }
  }

  private static void restore(Connection connection, boolean autoCommit, int isolation) {
    try {
      connection.setAutoCommit(autoCommit);
      if (connection.getTransactionIsolation() != isolation) connection.setTransactionIsolation(isolation);
    } catch (SQLException ignored) {
      // A broken connection is thrown away by its pool.
    }
  }

  /** Serialization failures, deadlocks, lost connections, a busy SQLite. */
  private static boolean worthAnotherTry(SQLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (!(cause instanceof SQLException sql)) continue;
      String state = sql.getSQLState();
      if (state != null && (state.startsWith("40") || state.startsWith("08"))) return true;
      int code = sql.getErrorCode();
      if (code == 1213 || code == 1205 || code == 1020) return true; // MariaDB: deadlock, lock wait, record changed
      String message = sql.getMessage();
      if (message != null && (message.contains("SQLITE_BUSY") || message.contains("SQLITE_LOCKED"))) return true;
    }
    return false;
  }
}
