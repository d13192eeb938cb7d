package dev.pawl.engine.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A connection with its dialect. Keeps its prepared statements if it is one of our own that lives long. */
final class Link implements AutoCloseable {
  private static final int MOST_KEPT = 200;

  private final Connection connection;
  private final Dialect dialect;
  private final Timekeeper time;
  private final Map<String, PreparedStatement> kept;
  private final Timelines timelines;
  private final long timeline;

  private Link(Connection connection, Dialect dialect, Timekeeper time, Map<String, PreparedStatement> kept,
      Timelines timelines, long timeline) {
    this.connection = connection;
    this.dialect = dialect;
    this.time = time;
    this.kept = kept;
    this.timelines = timelines;
    this.timeline = timeline;
  }

  /** A borrowed connection: its driver or pool knows how to keep statements. */
  static Link borrowed(Connection connection, Dialect dialect, Timekeeper time, Timelines timelines) {
    return new Link(connection, dialect, time, Collections.emptyMap(), timelines, timelines.changes());
  }

  /** @param timeline the {@link Timelines#changes} that it belongs to */
  static Link lasting(Connection connection, Dialect dialect, Timekeeper time, Timelines timelines, long timeline) {
    return new Link(connection, dialect, time, new LinkedHashMap<>(64, 0.75f, true), timelines, timeline);
  }

  /** See {@link dev.pawl.engine.store.Store#epochFloor}. */
  long epochFloor() {
    return timelines.epochFloor();
  }

  /** The {@link Timelines#changes} that this connection belongs to. */
  long timeline() {
    return timeline;
  }

  Connection connection() {
    return connection;
  }

  Dialect dialect() {
    return dialect;
  }

  /**
   * A statement. Gaps are filled by the dialect; {@code {now}} by the clock that counts. A text with an instant written
   * into it is never kept.
   */
  Call sql(String text) throws SQLException {
    boolean literal = time.writesInstants() && (text.contains("{now}") || text.contains("{ready")
        || text.contains("{waiting"));
    if (literal || !lasting()) {
      return new Call(dialect, connection.prepareStatement(time.fill(text)), false);
    }
    PreparedStatement statement = kept.get(text);
    if (statement == null) {
      statement = connection.prepareStatement(time.fill(text));
      kept.put(text, statement);
      if (kept.size() > MOST_KEPT) {
        var eldest = kept.entrySet().iterator();
        PreparedStatement old = eldest.next().getValue();
        eldest.remove();
        old.close();
      }
    }
    return new Call(dialect, statement, true);
  }

  private boolean lasting() {
    return kept instanceof LinkedHashMap;
  }

  /**
   * As many question marks as keys, rounded up so that few different statements come about; {@link #padded} gives the
   * keys to match.
   */
  static String marks(int keys) {
    return "?" + ", ?".repeat(roundUp(keys) - 1);
  }

  /** The keys, the last one repeated until {@link #marks} are all served. */
  static <K> List<K> padded(List<K> keys) {
    int size = roundUp(keys.size());
    if (size == keys.size()) return keys;
    List<K> all = new java.util.ArrayList<>(keys);
    while (all.size() < size) all.add(keys.get(keys.size() - 1));
    return all;
  }

  static int roundUp(int count) {
    return count <= 1 ? 1 : Integer.highestOneBit(count - 1) << 1;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
