package dev.pawl.testbed.check;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One row of a table, the same whatever database it comes from: text, whole numbers, bytes. */
public final class Row {
  private final Map<String, @Nullable Object> values;

  private Row(Map<String, @Nullable Object> values) {
    this.values = values;
  }

  static Row read(ResultSet rows) throws SQLException {
    var meta = rows.getMetaData();
    var values = new HashMap<String, @Nullable Object>();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      values.put(meta.getColumnLabel(i).toLowerCase(Locale.ROOT), plain(rows.getObject(i), rows, i));
    }
    return new Row(values);
  }

  private static @Nullable Object plain(@Nullable Object value, ResultSet rows, int column) throws SQLException {
    return switch (value) {
      case null -> null;
      case byte[] bytes -> bytes;
      case Boolean flag -> flag ? 1L : 0L;
      case Double real -> real;
      case Number number -> number.longValue();
      case UUID id -> id.toString();
      case String text -> text;
      default -> rows.getString(column);
    };
  }

  public boolean has(String column) {
    return values.get(column) != null;
  }

  /** @throws IllegalStateException if it is null or no such column was read */
  public String text(String column) {
    return some(column).toString();
  }

  public @Nullable String textOrNull(String column) {
    Object value = values.get(column);
    return value == null ? null : value.toString();
  }

  public long number(String column) {
    return ((Number) some(column)).longValue();
  }

  public boolean flag(String column) {
    return number(column) != 0;
  }

  public byte[] bytes(String column) {
    return (byte[]) some(column);
  }

  private Object some(String column) {
    Object value = values.get(column);
    if (value == null) throw new IllegalStateException("expected a value of '%s' in %s".formatted(column, values));
    return value;
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
