package dev.pawl.engine.store.sql;

import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreException;
import java.io.File;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * SQLite: one connection writes, a few read. The driver's native calls pin a virtual thread to its carrier, and a
 * handful of waiting writers would stall everything else, so virtual threads hand their work to platform threads;
 * platform threads do it themselves.
 */
final class SqliteAccess implements Access {
  /** SQLite waits so long for a lock before it says that it is busy; then there is a chance to close. */
  private static final Duration BUSY = Duration.ofSeconds(10);

  /**
   * Bytes. SQLite copies its log into the database by itself, but begins it anew only when nobody reads from it, and there is
   * always somebody. A log that has grown to this is begun anew on purpose; twice what SQLite leaves before it copies.
   */
  private static final long LONG_LOG = 32L * 1024 * 1024;
  /** So many writes are made between two looks at it. */
  private static final int LOOK_AT_LOG = 16;
  /**
   * So long the writer waits for those who read, for each {@link #LONG_LOG} that the log has grown to; if that was not enough,
   * the next attempt comes when the log is longer by half of that.
   */
  private static final Duration READERS = Duration.ofMillis(300);
  /** Not longer: whoever writes meanwhile waits too, and heartbeats are among them. */
  private static final Duration LONGEST = Duration.ofSeconds(1);

  /** Tells {@code file} and other programs whose database this is: "Pawl" in ASCII. */
  private static final String APPLICATION_ID = "pragma application_id = 0x5061776C";

  private final String url;
  private final SqliteDialect dialect;
  private final Timekeeper time;
  private final Timelines timelines = new Timelines();
  private final Duration lockPatience;
  private final ReentrantLock writing = new ReentrantLock();
  private final ExecutorService writerThread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("pawl-sqlite-writer").daemon(true).factory());
  private final ExecutorService readerThreads;
  private final BlockingQueue<Slot> readers;
  private final List<Slot> all = new ArrayList<>();
  private final Slot writer = new Slot(false);
  /** Beside the database. */
  private final File log;
  private int unseen;
  private long allowed = LONG_LOG;
  private volatile boolean closed;

  private final class Slot {
    final boolean readOnly;
    @Nullable Link link;

    Slot(boolean readOnly) {
      this.readOnly = readOnly;
    }

    Link open() {
      Link open = link;
      if (open != null) return open;
      try {
        return link = Link.lasting(connect(readOnly), dialect, time, timelines, timelines.changes());
      } catch (SQLException e) {
        throw Failures.unavailable("cannot open " + url + ": " + e.getMessage(), e);
      }
    }

    void drop() {
      Link old = link;
      link = null;
      if (old == null) return;
      try {
        old.close();
      } catch (SQLException ignored) {
        // It was broken already; the next use opens a new one.
      }
    }
  }

  SqliteAccess(String url, StoreConfig config, SqliteDialect dialect, Timekeeper time) {
    if (url.contains(":memory:") || url.equals("jdbc:sqlite:") || url.contains("mode=memory")) {
      throw new StoreException(Rejection.Code.BAD_CONFIGURATION,
          "a database in memory forgets everything; give it a file, for example jdbc:sqlite:pawl.db",
          new IllegalArgumentException(url));
    }
    this.url = url;
    this.dialect = dialect;
    this.time = time;
    this.lockPatience = config.lockPatience();
    int count = Math.min(config.readers(), 4);
    readerThreads = Executors.newFixedThreadPool(count,
        Thread.ofPlatform().name("pawl-sqlite-reader-", 0).daemon(true).factory());
    readers = new ArrayBlockingQueue<>(count);
    for (int i = 0; i < count; i++) {
      Slot slot = new Slot(true);
      all.add(slot);
      readers.add(slot);
    }
    // A file that can only be read is refused now, not at the first start of a workflow; "begin immediate" would not
    // tell.
    log = change(link -> {
      try (Call mark = link.sql(APPLICATION_ID); Call file = link.sql("select file from pragma_database_list where name = 'main'")) {
        mark.update();
        return new File(file.first(Row::text) + "-wal");
      }
    });
  }

  /** The first switch of a new file does not wait for others who do the same: SQLite refuses it at once. */
  private void toWal(Statement statement) throws SQLException {
    for (int trial = 1; ; trial++) {
      try {
        statement.execute("pragma journal_mode = wal");
        return;
      } catch (SQLException e) {
        if (trial >= 50 || dialect.classify(e) != Trouble.RETRY) throw e;
        Failures.pauseAfter(trial);
      }
    }
  }

  private Connection connect(boolean readOnly) throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma busy_timeout = " + busyTimeout());
      if (!readOnly) {
        toWal(statement);
        statement.execute("pragma synchronous = full");
        statement.execute("pragma wal_autocheckpoint = 4000");
      }
      statement.execute("pragma foreign_keys = on");
      statement.execute("pragma cache_size = -16000");
      statement.execute("pragma temp_store = memory");
      if (readOnly) statement.execute("pragma query_only = on");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private long busyTimeout() {
    return Math.min(BUSY.toMillis(), lockPatience.toMillis());
  }

  @Override
  public Dialect dialect() {
    return dialect;
  }

  /** A file has no standby. */
  @Override
  public Timelines timelines() {
    return timelines;
  }

  @Override
  public Timekeeper time() {
    return time;
  }

  @Override
  public int readers() {
    return all.size();
  }

  @Override
  public Patience patience() {
    return new Patience(lockPatience, System::nanoTime);
  }

  @Override
  public <T> T read(Work<T> work) {
    return on(readerThreads, () -> {
      Slot slot = take();
      try {
        for (int trial = 1; ; trial++) {
          try {
            return work.in(slot.open());
          } catch (SQLException e) {
            Trouble trouble = dialect.classify(e);
            // The driver closes a statement that it was told to give up, also one that is kept for the next time.
            boolean givenUp = trouble == Trouble.EXPENSIVE;
            if (givenUp || trouble == Trouble.LOST || trouble == Trouble.UNWILLING) slot.drop();
            if (trial >= 3 || (trouble != Trouble.LOST && trouble != Trouble.RETRY)) throw Failures.of(dialect, e);
            Failures.pauseAfter(trial);
          }
        }
      } finally {
        if (closed) slot.drop();
        readers.add(slot);
      }
    });
  }

  private Slot take() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          Slot slot = readers.poll(100, TimeUnit.MILLISECONDS);
          if (slot != null) return slot;
          // Closing takes the connections away: whoever came in before it would wait for one for ever.
          if (closed) throw closedAlready();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  @Override
  public <T> T single(Work<T> work) {
    return change(work);
  }

  @Override
  public <T> T change(Work<T> work) {
    return onWriter(() -> {
      Patience left = patience();
      for (int trial = 1; ; trial++) {
        Link link = writer.open();
        try {
          dialect.begin(link.connection());
          try {
            T result = work.in(link);
            dialect.commit(link.connection());
            return result;
          } catch (SQLException | RuntimeException e) {
            undo(link);
            throw e;
          }
        } catch (SQLException e) {
          Trouble trouble = dialect.classify(e);
          if (trouble == Trouble.LOST) writer.drop();
          if (trouble != Trouble.RETRY || left.isOver() || closed) throw Failures.of(dialect, e);
          Failures.pauseAfter(trial);
        }
      }
    });
  }

  private void undo(Link link) {
    try {
      dialect.rollback(link.connection());
    } catch (SQLException e) {
      // SQLite rolls back by itself after a full disk or an I/O error and then has no transaction to end; if it still
      // has one, only a new connection gets rid of it.
      if (!String.valueOf(e.getMessage()).contains("no transaction is active")) writer.drop();
    }
  }

  @Override
  public <T> T writer(Work<T> work) throws SQLException {
    var outcome = onWriter(() -> {
      try {
        return new Done<>(work.in(writer.open()), null);
      } catch (SQLException e) {
        if (dialect.classify(e) == Trouble.LOST) writer.drop();
        return new Done<T>(null, e);
      }
    });
    if (outcome.problem() != null) throw outcome.problem();
    return Objects.requireNonNull(outcome.result());
  }

  private record Done<T>(@Nullable T result, @Nullable SQLException problem) {}

  private <T> T onWriter(Supplier<T> work) {
    return on(writerThread, () -> {
      writing.lock();
      try {
        if (closed) throw closedAlready();
        T result = work.get();
        if (++unseen >= LOOK_AT_LOG) lookAtLog();
        return result;
      } finally {
        writing.unlock();
      }
    });
  }

  private void lookAtLog() {
    unseen = 0;
    Link link = writer.link;
    long length = log.length();
    if (link == null || length <= allowed) return;
    long wait = Math.min(LONGEST.toMillis(), READERS.toMillis() * length / LONG_LOG);
    try (Statement statement = link.connection().createStatement()) {
      statement.execute("pragma busy_timeout = " + wait);
      statement.execute("pragma wal_checkpoint(truncate)");
      statement.execute("pragma busy_timeout = " + busyTimeout());
    } catch (SQLException e) {
      writer.drop();
    }
    long rest = log.length();
    allowed = rest <= LONG_LOG ? LONG_LOG : rest + LONG_LOG / 2;
  }

  private StoreException closedAlready() {
    return Failures.unavailable("the store is closed", new IllegalStateException(url));
  }

  private <T> T on(ExecutorService threads, Supplier<T> work) {
    if (closed) throw closedAlready();
    if (!Thread.currentThread().isVirtual()) return work.get();
    Future<T> future;
    try {
      future = threads.submit(work::get);
    } catch (RejectedExecutionException e) {
      throw closedAlready();
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true; // a commit is not given up halfway
        } catch (ExecutionException e) {
          if (e.getCause() instanceof StoreException known) {
            throw new StoreException(known.code(), String.valueOf(known.getMessage()), known);
          }
          if (e.getCause() instanceof RuntimeException runtime) throw runtime;
          throw new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (closed) return;
    closed = true;
    writing.lock();
    try {
      // The last connection that closes checkpoints the log and removes it.
      for (Slot slot : all) {
        if (readers.remove(slot)) slot.drop();
      }
      writer.drop();
    } finally {
      writing.unlock();
    }
    writerThread.shutdown();
    readerThreads.shutdown();
  }
}
