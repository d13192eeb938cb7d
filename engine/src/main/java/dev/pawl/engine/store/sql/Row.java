package dev.pawl.engine.store.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One row, read from left to right. */
final class Row {
  private final Dialect dialect;
  private final ResultSet rows;
  private int at;

  Row(Dialect dialect, ResultSet rows) {
    this.dialect = dialect;
    this.rows = rows;
  }

  boolean next() throws SQLException {
    at = 0;
    return rows.next();
  }

  String text() throws SQLException {
    String value = textOrNull();
    if (value == null) throw new SQLException("expected text in column " + at + ", found null");
    return value;
  }

  @Nullable String textOrNull() throws SQLException {
    return rows.getString(++at);
  }

  long number() throws SQLException {
    return rows.getLong(++at);
  }

  @Nullable Long numberOrNull() throws SQLException {
    long value = rows.getLong(++at);
    return rows.wasNull() ? null : value;
  }

  @Nullable Double realOrNull() throws SQLException {
    double value = rows.getDouble(++at);
    return rows.wasNull() ? null : value;
  }

  int integer() throws SQLException {
    return rows.getInt(++at);
  }

  @Nullable Integer integerOrNull() throws SQLException {
    int value = rows.getInt(++at);
    return rows.wasNull() ? null : (Integer) value;
  }

  boolean yes() throws SQLException {
    return rows.getInt(++at) != 0;
  }

  Instant instant() throws SQLException {
    return Micros.toInstant(number());
  }

  @Nullable Instant instantOrNull() throws SQLException {
    Long micros = numberOrNull();
    return micros == null ? null : Micros.toInstant(micros);
  }

  UUID uuid() throws SQLException {
    UUID value = uuidOrNull();
    if (value == null) throw new SQLException("expected an id in column " + at + ", found null");
    return value;
  }

  @Nullable UUID uuidOrNull() throws SQLException {
    return dialect.readUuid(rows, ++at);
  }

  byte[] bytes() throws SQLException {
    byte[] value = rows.getBytes(++at);
    return value == null ? new byte[0] : value;
  }
}
