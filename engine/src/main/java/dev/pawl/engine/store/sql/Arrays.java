package dev.pawl.engine.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one part of a statement, column by column: PostgreSQL takes each column as one array parameter. A row is
 * added from left to right, in the order of the placeholders.
 *
 * <p>A column in which every value is null is sent as an empty array, because {@code unnest} fills it up with nulls:
 * most groups have no reasons, no closing times, no failures.
 */
final class Arrays {
  private interface Column {
    void bind(Connection connection, PreparedStatement statement, int at) throws SQLException;
  }

  private static final class Ints implements Column {
    private final List<@Nullable Integer> values = new ArrayList<>();

    @Override
    public void bind(Connection connection, PreparedStatement statement, int at) throws SQLException {
      statement.setArray(at, connection.createArrayOf("int4", orNone(values).toArray(Integer[]::new)));
    }
  }

  private static final class Longs implements Column {
    private final List<@Nullable Long> values = new ArrayList<>();

    @Override
    public void bind(Connection connection, PreparedStatement statement, int at) throws SQLException {
      statement.setArray(at, connection.createArrayOf("int8", orNone(values).toArray(Long[]::new)));
    }
  }

  private static final class Reals implements Column {
    private final List<@Nullable Double> values = new ArrayList<>();

    @Override
    public void bind(Connection connection, PreparedStatement statement, int at) throws SQLException {
      statement.setArray(at, connection.createArrayOf("float8", orNone(values).toArray(Double[]::new)));
    }
  }

  private static final class Texts implements Column {
    private final List<@Nullable String> values = new ArrayList<>();

    @Override
    public void bind(Connection connection, PreparedStatement statement, int at) throws SQLException {
      statement.setArray(at, connection.createArrayOf("text", orNone(values).toArray(String[]::new)));
    }
  }

  private static final class Bytes implements Column {
    private final List<byte[]> values = new ArrayList<>();

    @Override
    public void bind(Connection connection, PreparedStatement statement, int at) throws SQLException {
      statement.setArray(at, connection.createArrayOf("bytea", values.toArray(byte[][]::new)));
    }
  }

  /** The driver would quote each id; the plain text is shorter and cheaper to read. */
  private static final class Uuids implements Column {
    private final StringBuilder text = new StringBuilder("{");
    private boolean any;

    void add(@Nullable UUID value) {
      any |= value != null;
      if (text.length() > 1) text.append(',');
      if (value == null) text.append("NULL");
      else text.append(value);
    }

    @Override
    public void bind(Connection connection, PreparedStatement statement, int at) throws SQLException {
      statement.setString(at, any ? text + "}" : "{}");
    }
  }

  private static <T> List<@Nullable T> orNone(List<@Nullable T> values) {
    for (T value : values) if (value != null) return values;
    return List.of();
  }

  private final List<Column> columns = new ArrayList<>();
  private int at;
  private int rows;

  /** Says which columns there are: i int, n bigint, r double, t text, b bytea, u uuid. */
  Arrays(String kinds) {
    for (char kind : kinds.toCharArray()) {
      columns.add(switch (kind) {
        case 'i' -> new Ints();
        case 'n' -> new Longs();
        case 'r' -> new Reals();
        case 't' -> new Texts();
        case 'b' -> new Bytes();
        case 'u' -> new Uuids();
        default -> throw new IllegalArgumentException("no kind of column: " + kind);
      });
    }
  }

  boolean isEmpty() {
    return rows == 0;
  }

  private Column next() {
    if (at == 0) rows++;
    Column column = columns.get(at);
    at = at + 1 == columns.size() ? 0 : at + 1;
    return column;
  }

  Arrays integer(int value) {
    ((Ints) next()).values.add(value);
    return this;
  }

  /** A number that is mostly 0, which is sent as null; the statement says {@code coalesce(..., 0)}. */
  Arrays orZero(int value) {
    ((Ints) next()).values.add(value == 0 ? null : (Integer) value);
    return this;
  }

  Arrays number(@Nullable Long value) {
    ((Longs) next()).values.add(value);
    return this;
  }

  Arrays instant(@Nullable Instant value) {
    return number(value == null ? null : (Long) Micros.nearest(value));
  }

  Arrays real(@Nullable Double value) {
    ((Reals) next()).values.add(value);
    return this;
  }

  Arrays text(@Nullable String value) {
    ((Texts) next()).values.add(value);
    return this;
  }

  Arrays bytes(byte[] value) {
    ((Bytes) next()).values.add(value);
    return this;
  }

  Arrays uuid(@Nullable UUID value) {
    ((Uuids) next()).add(value);
    return this;
  }

  /** Binds all columns from parameter {@code from} on. Returns the next free parameter. */
  int bind(Connection connection, PreparedStatement statement, int from) throws SQLException {
    int to = from;
    for (Column column : columns) column.bind(connection, statement, to++);
    return to;
  }
}
