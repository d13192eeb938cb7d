package dev.pawl.engine.store.sql;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.core.QueryExecutor;
import org.postgresql.core.TypeInfo;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * The rows of one part of a statement for PostgreSQL, as one parameter: an array of a composite type in the binary form
 * in which the server takes it ({@code array_recv} and {@code record_recv}). A row is added from left to right, in the
 * order of the type's columns. The server reads it without parsing a character, and {@code unnest} of it is one
 * function scan, where an array per column would be one for each.
 */
final class Records {
  /**
   * A composite type of the schema.
   *
   * @param columns how many it has
   */
  record Shape(String type, int columns) {}

  /** Dimensions, flags, type of the elements, number of elements, lower bound. */
  private static final int HEADER = 20;

  private final Shape shape;
  private byte[] data = new byte[256];
  private int size = HEADER;
  private int rows;
  private int column;
  private int rowAt;

  Records(Shape shape) {
    this.shape = shape;
  }

  /**
   * Tells a connection the types of the schema, in one round trip; the driver would ask for each of them, twice, in the
   * middle of a commit.
   */
  static void learn(Connection connection) throws SQLException {
    TypeInfo types = connection.unwrap(BaseConnection.class).getTypeInfo();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("""
            select typname, oid::bigint, typarray::bigint from pg_type
            where typname like 'pawl\\_%\\_row' and typtype = 'c' and pg_type_is_visible(oid)""")) {
      while (rows.next()) {
        types.addCoreType(rows.getString(1), (int) rows.getLong(2), Types.STRUCT, "java.lang.Object",
            (int) rows.getLong(3));
      }
    }
  }

  boolean isEmpty() {
    return rows == 0;
  }

  Records integer(int value) {
    head(Oid.INT4, 4);
    int4(value);
    return tail();
  }

  Records number(@Nullable Long value) {
    if (value == null) return none(Oid.INT8);
    head(Oid.INT8, 8);
    int8(value);
    return tail();
  }

  Records instant(@Nullable Instant value) {
    return number(value == null ? null : (Long) Micros.nearest(value));
  }

  Records real(@Nullable Double value) {
    if (value == null) return none(Oid.FLOAT8);
    head(Oid.FLOAT8, 8);
    int8(Double.doubleToRawLongBits(value));
    return tail();
  }

  Records uuid(@Nullable UUID value) {
    if (value == null) return none(Oid.UUID);
    head(Oid.UUID, 16);
    int8(value.getMostSignificantBits());
    int8(value.getLeastSignificantBits());
    return tail();
  }

  Records text(@Nullable String value) {
    return value == null ? none(Oid.TEXT) : raw(Oid.TEXT, value.getBytes(StandardCharsets.UTF_8));
  }

  Records bytes(byte @Nullable [] value) {
    return value == null ? none(Oid.BYTEA) : raw(Oid.BYTEA, value);
  }

  private Records raw(int type, byte[] value) {
    head(type, value.length);
    System.arraycopy(value, 0, data, size, value.length);
    size += value.length;
    return tail();
  }

  private Records none(int type) {
    head(type, 0);
    size -= 4;
    int4(-1);
    return tail();
  }

  /** Makes room for a value, and for what comes before it. */
  private void head(int type, int length) {
    int wanted = size + length + 16;
    if (wanted > data.length) data = Arrays.copyOf(data, Math.max(wanted, 2 * data.length));
    if (column == 0) {
      rowAt = size;
      size += 4;
      int4(shape.columns);
    }
    int4(type);
    int4(length);
  }

  private Records tail() {
    if (++column == shape.columns) {
      int end = size;
      size = rowAt;
      int4(end - rowAt - 4);
      size = end;
      column = 0;
      rows++;
    }
    return this;
  }

  private void int4(int value) {
    data[size++] = (byte) (value >>> 24);
    data[size++] = (byte) (value >>> 16);
    data[size++] = (byte) (value >>> 8);
    data[size++] = (byte) value;
  }

  private void int8(long value) {
    int4((int) (value >>> 32));
    int4((int) value);
  }

  /** Binds all rows as parameter {@code at}. */
  void bind(PreparedStatement statement, int at) throws SQLException {
    if (column != 0) throw new IllegalStateException("a row of " + shape.type + " ends at column " + column);
    BaseConnection connection = statement.getConnection().unwrap(BaseConnection.class);
    TypeInfo types = connection.getTypeInfo();
    String name = shape.type + "[]";
    int array = types.getPGType(name);
    if (array == Oid.UNSPECIFIED) throw new SQLException("the schema has no type " + shape.type, "42704");
    QueryExecutor executor = connection.getQueryExecutor();
    if (!executor.useBinaryForSend(array)) executor.addBinarySendOid(array);
    int end = size;
    size = 0;
    int4(rows == 0 ? 0 : 1);
    int4(0);
    int4(types.getPGArrayElement(array));
    if (rows > 0) {
      int4(rows);
      int4(1);
    }
    size = end;
    statement.setObject(at, new Parameter(name, data, rows == 0 ? 12 : size));
  }

  /** What the driver sends as it is. */
  private static final class Parameter extends PGobject implements PGBinaryObject {
    private static final long serialVersionUID = 1;

    private final transient byte[] data;
    private final int length;

    Parameter(String type, byte[] data, int length) {
      setType(type);
      this.data = data;
      this.length = length;
    }

    @Override
    public int lengthInBytes() {
      return length;
    }

    @Override
    public void toBytes(byte[] bytes, int offset) {
      System.arraycopy(data, 0, bytes, offset, length);
    }

    @Override
    public void setByteValue(byte[] value, int offset) {
      throw new UnsupportedOperationException("a parameter, never a result");
    }

    @Override
    public String getValue() {
      throw new UnsupportedOperationException("sent in binary form only");
    }
  }
}
