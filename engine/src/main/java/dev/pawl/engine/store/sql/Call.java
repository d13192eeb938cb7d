package dev.pawl.engine.store.sql;

import dev.pawl.engine.failpoint.Failpoint;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One prepared statement, filled from left to right, then run or added to a batch. */
final class Call implements AutoCloseable {
  private final Dialect dialect;
  private final PreparedStatement statement;
  private final boolean kept;
  private int at;
  private int batched;

  /** @param kept the connection keeps the statement for the next time */
  Call(Dialect dialect, PreparedStatement statement, boolean kept) {
    this.dialect = dialect;
    this.statement = statement;
    this.kept = kept;
  }

  Call text(@Nullable String value) throws SQLException {
    if (value == null) statement.setNull(++at, Types.VARCHAR);
    else statement.setString(++at, value);
    return this;
  }

  Call number(long value) throws SQLException {
    statement.setLong(++at, value);
    return this;
  }

  Call integer(int value) throws SQLException {
    statement.setInt(++at, value);
    return this;
  }

  Call numberOrNull(@Nullable Long value) throws SQLException {
    if (value == null) statement.setNull(++at, Types.BIGINT);
    else statement.setLong(++at, value);
    return this;
  }

  Call real(@Nullable Double value) throws SQLException {
    if (value == null) statement.setNull(++at, Types.DOUBLE);
    else statement.setDouble(++at, value);
    return this;
  }

  /** An array, where the database has such. */
  Call integers(Integer[] values) throws SQLException {
    statement.setArray(++at, statement.getConnection().createArrayOf("int4", values));
    return this;
  }

  Call yes(boolean value) throws SQLException {
    statement.setInt(++at, value ? 1 : 0);
    return this;
  }

  Call instant(@Nullable Instant value) throws SQLException {
    return numberOrNull(value == null ? null : (Long) Micros.nearest(value));
  }

  Call uuid(@Nullable UUID value) throws SQLException {
    dialect.bindUuid(statement, ++at, value);
    return this;
  }

  Call bytes(byte[] value) throws SQLException {
    statement.setBytes(++at, value);
    return this;
  }

  Call noBytes() throws SQLException {
    statement.setNull(++at, Types.VARBINARY);
    return this;
  }

  /** One value of any kind that {@link Condition} makes. */
  Call any(Object value) throws SQLException {
    return switch (value) {
      case String s -> text(s);
      case Long n -> number(n);
      case Integer n -> integer(n);
      case Double d -> real(d);
      case UUID u -> uuid(u);
      default -> throw new IllegalArgumentException("no parameter of " + value.getClass());
    };
  }

  int update() throws SQLException {
    at = 0;
    int rows = statement.executeUpdate();
    Failpoint.STATEMENT_AFTER.reach();
    return rows;
  }

  void add() throws SQLException {
    at = 0;
    statement.addBatch();
    batched++;
  }

  /** Runs the batch, if there is one. */
  int[] flush() throws SQLException {
    if (batched == 0) return new int[0];
    batched = 0;
    int[] rows = statement.executeBatch();
    Failpoint.STATEMENT_AFTER.reach();
    return rows;
  }

  interface Reader<T> {
    T read(Row row) throws SQLException;
  }

  <T> List<T> list(Reader<T> reader) throws SQLException {
    at = 0;
    List<T> all = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      Row row = new Row(dialect, rows);
      while (row.next()) all.add(reader.read(row));
    }
    return all;
  }

  <T> @Nullable T first(Reader<T> reader) throws SQLException {
    at = 0;
    try (ResultSet rows = statement.executeQuery()) {
      Row row = new Row(dialect, rows);
      return row.next() ? reader.read(row) : null;
    }
  }

  PreparedStatement raw() {
    return statement;
  }

  @Override
  public void close() throws SQLException {
    if (kept) {
      // A batch that was given up halfway must not leak into the next use.
      if (batched > 0) statement.clearBatch();
      batched = 0;
      at = 0;
    } else {
      statement.close();
    }
  }
}
