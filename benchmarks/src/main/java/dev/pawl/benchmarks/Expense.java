package dev.pawl.benchmarks;

import dev.pawl.testbed.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a PostgreSQL server spends from now on: processor time of its processes, as the operating system says, and bytes of
 * its log. Processes that end meanwhile are not counted; connections of pools live on.
 */
final class Expense {
  /** Per operation; NaN where nobody can tell. */
  record Cost(double processorMicros, double walBytes) {
    @Override
    public String toString() {
      return Double.isNaN(walBytes) ? "-" : String.format(Locale.ROOT, "%.0f us of processor, %,.0f bytes of log",
          processorMicros, walBytes);
    }
  }

  private record Spent(Duration processor, double wal) {}

  private final Database database;
  private final Spent before;

  private Expense(Database database) throws SQLException {
    this.database = database;
    this.before = spent();
  }

  static Expense of(Database database) throws SQLException {
    return new Expense(database);
  }

  Cost since(long operations) throws SQLException {
    Spent now = spent();
    if (Double.isNaN(now.wal)) return new Cost(Double.NaN, Double.NaN);
    return new Cost(now.processor.minus(before.processor).toNanos() / 1e3 / operations, (now.wal - before.wal) / operations);
  }

  private Spent spent() throws SQLException {
    if (!database.jdbcUrl().startsWith("jdbc:postgresql:")) return new Spent(Duration.ZERO, Double.NaN);
    try (Connection connection = database.dataSource().getConnection(); Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_backend_pid(), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")) {
      row.next();
      Duration processor = ProcessHandle.of(row.getLong(1)).flatMap(ProcessHandle::parent).stream()
          .flatMap(server -> Stream.concat(Stream.of(server), server.children()))
          .flatMap(process -> process.info().totalCpuDuration().stream())
          .reduce(Duration.ZERO, Duration::plus);
      return new Spent(processor, row.getDouble(2));
    }
  }
}
