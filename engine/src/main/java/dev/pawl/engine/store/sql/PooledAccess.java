package dev.pawl.engine.store.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.SQLExceptionOverride;
import dev.pawl.engine.store.StoreConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database server: a few connections of our own that only commit groups, with settings of their own, and a pool for
 * everything else.
 */
final class PooledAccess implements Access {
  private static final int RETRIES = 30;

  private final DataSource source;
  private final Dialect dialect;
  private final Timekeeper time;
  private final Duration lockPatience;
  private final Timelines timelines = new Timelines();
  private final HikariDataSource pool;
  private final BlockingQueue<Slot> writers;
  private final List<Slot> all = new ArrayList<>();
  private volatile boolean closed;

  private static final class Slot {
    @Nullable Link link;
  }

  PooledAccess(DataSource source, StoreConfig config, Dialect dialect, Timekeeper time) {
    this.source = source;
    this.dialect = dialect;
    this.time = time;
    this.lockPatience = config.lockPatience();
    writers = new ArrayBlockingQueue<>(config.writers());
    for (int i = 0; i < config.writers(); i++) {
      Slot slot = new Slot();
      all.add(slot);
      writers.add(slot);
    }
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName("pawl-readers");
    hikari.setDataSource(new Prepared(source, dialect, timelines));
    hikari.setMaximumPoolSize(config.readers());
    hikari.setMinimumIdle(1);
    hikari.setConnectionTimeout(Math.max(250, config.connectPatience().toMillis()));
    hikari.setInitializationFailTimeout(-1);
    hikari.setExceptionOverride(thrownAway(dialect));
    pool = new HikariDataSource(hikari);
    timelines.whenNew(() -> {
      HikariPoolMXBean connections = pool.getHikariPoolMXBean();
      if (connections != null) connections.softEvictConnections();
    });
    try {
      // One writer at once, so that a database that would not keep its word is refused at the start.
      Slot slot = take();
      try {
        link(slot);
      } finally {
        writers.add(slot);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** A connection to a server that takes no writes may remain like that when the server does: the next one may not. */
  private static SQLExceptionOverride thrownAway(Dialect dialect) {
    return new SQLExceptionOverride() {
      @java.lang.Override
      public Override adjudicate(SQLException problem) {
        return dialect.classify(problem) == Trouble.UNWILLING ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
      }
    };
  }

  @Override
  public Dialect dialect() {
    return dialect;
  }

  @Override
  public Timekeeper time() {
    return time;
  }

  @Override
  public Timelines timelines() {
    return timelines;
  }

  @Override
  public int readers() {
    return pool.getMaximumPoolSize();
  }

  @Override
  public Patience patience() {
    return new Patience(lockPatience, System::nanoTime);
  }

  @Override
  public <T> T read(Work<T> work) {
    for (int trial = 1; ; trial++) {
      try (Link link = Link.borrowed(pool.getConnection(), dialect, time, timelines)) {
        return work.in(link);
      } catch (SQLException e) {
        Trouble trouble = trouble(e);
        if (trial >= 3 || (trouble != Trouble.LOST && trouble != Trouble.RETRY)
            || e instanceof SQLTransientConnectionException) {
          throw failure(e);
        }
        Failures.pauseAfter(trial);
      }
    }
  }

  /** The pool's connections commit by themselves. */
  @Override
  public <T> T single(Work<T> work) {
    return read(work);
  }

  @Override
  public <T> T change(Work<T> work) {
    Patience left = patience();
    for (int trial = 1; ; trial++) {
      try (Link link = Link.borrowed(pool.getConnection(), dialect, time, timelines)) {
        dialect.begin(link.connection());
        try {
          T result = work.in(link);
          dialect.commit(link.connection());
          return result;
        } catch (SQLException | RuntimeException e) {
          try {
            dialect.rollback(link.connection());
          } catch (SQLException second) {
            e.addSuppressed(second); // the pool throws a broken connection away
          }
          throw e;
        }
      } catch (SQLException e) {
        Trouble trouble = trouble(e);
        boolean again = trouble == Trouble.RETRY || trouble == Trouble.DUPLICATE;
        if (!again || trial >= (trouble == Trouble.RETRY ? RETRIES : 3) || left.isOver()) throw failure(e);
        Failures.pauseAfter(trial);
      }
    }
  }

  private Trouble trouble(SQLException e) {
    return e instanceof SQLTransientConnectionException ? Trouble.LOST : dialect.classify(e);
  }

  private RuntimeException failure(SQLException e) {
    if (!(e instanceof SQLTransientConnectionException)) return Failures.of(dialect, e);
    return allAreBusy(e)
        ? Failures.overloaded("all %d connections to %s were busy for %s; nothing was done, try again later"
            .formatted(readers(), dialect.name(), Duration.ofMillis(pool.getConnectionTimeout())), e)
        : Failures.unavailable("%s cannot be reached: %s".formatted(dialect.name(), e.getMessage()), e);
  }

  /** The pool has all the connections that it may have, and none could not be opened: others simply kept them. */
  private boolean allAreBusy(SQLException timedOut) {
    HikariPoolMXBean connections = pool.getHikariPoolMXBean();
    return timedOut.getCause() == null && connections != null && connections.getTotalConnections() >= readers();
  }

  @Override
  public <T> T writer(Work<T> work) throws SQLException {
    Slot slot = take();
    try {
      Link link = link(slot);
      try {
        return work.in(link);
      } catch (SQLException e) {
        Trouble trouble = dialect.classify(e);
        // Whatever state a connection is in after an unforeseen problem, the next group starts on a clean one.
        if (trouble != Trouble.RETRY && trouble != Trouble.DUPLICATE && trouble != Trouble.DATA) drop(slot);
        throw e;
      } catch (RuntimeException e) {
        drop(slot);
        throw e;
      }
    } finally {
      writers.add(slot);
    }
  }

  private Slot take() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return writers.take();
        } catch (InterruptedException e) {
          interrupted = true; // a commit is not given up halfway
        }
      }
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  private Link link(Slot slot) {
    Link open = slot.link;
    if (open != null && open.timeline() == timelines.changes()) return open;
    drop(slot);
    if (closed) throw Failures.unavailable("the store is closed", new IllegalStateException("closed"));
    try {
      Connection connection = source.getConnection();
      if (source instanceof Address) {
        try {
          dialect.prepareWriter(connection);
        } catch (SQLException | RuntimeException e) {
          connection.close();
          throw e;
        }
      } else {
        connection = Borrowed.prepared(connection, dialect, dialect::prepareWriter);
      }
      try {
        return slot.link = Link.lasting(connection, dialect, time, timelines, timelines.see(dialect, connection));
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw Failures.unavailable("%s cannot be reached: %s".formatted(dialect.name(), e.getMessage()), e);
    }
  }

  private static void drop(Slot slot) {
    Link old = slot.link;
    slot.link = null;
    if (old == null) return;
    try {
      old.close();
    } catch (SQLException ignored) {
      // It is broken; the server notices by itself.
    }
  }

  @Override
  public void close() {
    closed = true;
    pool.close();
    for (Slot slot : all) {
      // A writer in the middle of a commit keeps its connection until it is done, and finds the store closed after
      // that.
      if (writers.remove(slot)) {
        drop(slot);
        writers.add(slot);
      }
    }
  }
}
