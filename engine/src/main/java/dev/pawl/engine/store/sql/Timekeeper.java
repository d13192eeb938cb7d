package dev.pawl.engine.store.sql;

import dev.pawl.engine.store.StoreClock;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one place that knows what time it is. {@link #now} is this process's monotone copy of the database's clock;
 * {@code {now}} in a statement is the database's clock itself, or an instant written into the text where the database
 * has none (SQLite) or a test owns time.
 */
final class Timekeeper {
  private static final long MEASURE_EVERY = TimeUnit.SECONDS.toNanos(15);
  private static final String WATERMARK = "select at from pawl_clock";
  private static final String PUT_DOWN = """
      insert into pawl_clock (id, at) values (1, ?) on conflict (id) do update set at = max(at, excluded.at)""";

  private final StoreClock clock;
  private final Dialect dialect;
  private final boolean ownClock;
  private final InstantSource process;
  private final AtomicLong latest = new AtomicLong(Long.MIN_VALUE);
  private final ProcessClock own = new ProcessClock();
  private final AtomicLong jumped = new AtomicLong();
  private volatile Offset offset;

  /**
   * @param micros to be added to the monotonic clock
   * @param doubt how far off that may be, in microseconds: what the exchange took
   */
  private record Offset(long micros, long doubt, long measuredAt, boolean measured) {}

  Timekeeper(StoreClock clock, Dialect dialect) {
    this.clock = clock;
    this.dialect = dialect;
    this.ownClock = dialect instanceof SqliteDialect;
    InstantSource wrong = clock.process();
    this.process = wrong == null ? InstantSource.system() : wrong;
    this.offset = new Offset(processMicros() - System.nanoTime() / 1000, 0, System.nanoTime(), false);
  }

  /** Whether statements carry the instant as text. */
  boolean writesInstants() {
    return clock.source() != null || ownClock;
  }

  String fill(String sql) {
    if (sql.indexOf('{') < 0) return sql;
    return dialect.fill(sql, writesInstants() ? Long.toString(micros()) : dialect.now());
  }

  Instant now() {
    return Micros.toInstant(micros());
  }

  /** Microseconds by the clock that counts; never less than before. A test's clock may do what it likes. */
  long micros() {
    if (clock.source() != null) return clock.testMicros();
    if (ownClock) return own.at(processMicros(), System.nanoTime() / 1000);
    long micros = System.nanoTime() / 1000 + offset.micros();
    return latest.accumulateAndGet(micros, Math::max);
  }

  private long processMicros() {
    return Micros.of(process.instant());
  }

  boolean wantsMeasuring() {
    Offset last = offset;
    return !writesInstants() && (!last.measured() || System.nanoTime() - last.measuredAt() > MEASURE_EVERY);
  }

  /** Asks the database for its time; takes the answer to be from the middle of the exchange. */
  void measure(Link link) throws SQLException {
    if (!wantsMeasuring()) return;
    try (Call ask = link.sql("select {now}")) {
      long before = System.nanoTime();
      Long theirs = ask.first(Row::number);
      long after = System.nanoTime();
      if (theirs == null) return;
      Offset last = offset;
      Offset now = new Offset(
          theirs - (before + (after - before) / 2) / 1000, (after - before) / 1000, after, true);
      offset = now;
      long moved = now.micros() - last.micros();
      // A database that was slow to answer has not jumped.
      boolean sure = Math.abs(moved) >= ProcessClock.JUMP + now.doubt() + last.doubt();
      if (last.measured() && sure) jumped.addAndGet(moved);
    }
  }

  /**
   * Where the database has no clock: compares this process's clock with what any process has put down, and puts down the
   * time.
   */
  void check(Access access) {
    if (clock.source() != null || !ownClock) return;
    Long watermark = access.read(link -> {
      try (Call call = link.sql(WATERMARK)) {
        Long at = call.first(Row::number);
        return at == null ? Long.MIN_VALUE : at;
      }
    });
    ProcessClock.Checked checked = own.check(processMicros(), System.nanoTime() / 1000, watermark);
    jumped.addAndGet(checked.jumped());
    access.change(link -> {
      try (Call call = link.sql(PUT_DOWN)) {
        return call.number(checked.time()).update();
      }
    });
  }

  /** By how much the clock that counts has jumped since it was asked last; zero: by less than a second. */
  Duration jumped() {
    return Duration.of(jumped.getAndSet(0), ChronoUnit.MICROS);
  }
}
