package dev.pawl.engine.store.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which timeline the database is on. A standby that takes over begins a new one, and may lack the last commits of the
 * old one: rows are older than what was read of them, and the same versions and epochs come again with another content.
 * So what was remembered or decided on the old timeline is worth nothing on the new one. Every new connection is asked,
 * before anything else is done with it.
 */
final class Timelines {
  private static final Logger LOG = LoggerFactory.getLogger(Timelines.class);
  /** What PostgreSQL calls a transaction on a server that takes no writes. */
  private static final String NOT_HERE = "25006";

  private final List<Runnable> forgetting = new CopyOnWriteArrayList<>();
  private volatile long current;
  private volatile long changes;

  /** How often it has changed since this node began. */
  long changes() {
    return changes;
  }

  /** See {@link dev.pawl.engine.store.Store#epochFloor}. */
  long epochFloor() {
    return Math.max(0, current - 1) << 32;
  }

  /** Calls {@code forget} before the first connection to a new timeline is used. */
  void whenNew(Runnable forget) {
    forgetting.add(forget);
  }

  /**
   * Looks which timeline a new connection leads to.
   *
   * @return {@link #changes} that this connection belongs to
   * @throws SQLException it leads to a server whose standby has taken over
   */
  long see(Dialect dialect, Connection connection) throws SQLException {
    return see(dialect.timeline(connection));
  }

  synchronized long see(long timeline) throws SQLException {
    if (timeline == Dialect.NO_TIMELINE || timeline == current) return changes;
    if (timeline < current) {
      throw new SQLException("expected timeline %d, got %d: this server was replaced by its standby".formatted(current,
          timeline), NOT_HERE);
    }
    long before = current;
    current = timeline;
    if (before == Dialect.NO_TIMELINE) return changes;
    LOG.warn("the database went from timeline {} to {}: a standby has taken over. What was acknowledged and had not"
        + " reached it is lost; all workers begin new sessions", before, timeline);
    // First the number: from here on nothing can be committed that was decided before.
    changes++;
    forgetting.forEach(Runnable::run);
    return changes;
  }
}
