package dev.pawl.engine;

import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.commit.LaneSettings;
import dev.pawl.engine.control.Promotion;
import dev.pawl.engine.hint.HintBus;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.queue.PollSettings;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Settings of an engine, by concern. Everything has a default that is good for production. */
public final class EngineConfig {
  /** How quickly dead workers are noticed. */
  public LeaseTimings leases = LeaseTimings.DEFAULT;

  /** The writer threads and their bounds; SQLite has one writer, whatever is asked. */
  public LaneSettings lanes = LaneSettings.STANDARD;

  /** How polls look and wait; its takeover interval is that of {@link #leases} unless set here. */
  public @Nullable PollSettings polls;

  /** Connections and migrations. */
  public StoreConfig store = StoreConfig.STANDARD;

  /** How long closed runs are kept, and in which portions they are deleted. */
  public Retention retention = Retention.STANDARD;

  /** Whether this engine does background work by itself. Off: only {@link PawlEngine#tick} does any, for tests. */
  public boolean duties = true;

  /** Who owns time; null: the database's clock. Only for tests. */
  public @Nullable InstantSource clock;

  /**
   * What this process takes for the time, where {@link #clock} does not own it; null: the system's clock. PostgreSQL,
   * MariaDB and MySQL count by their own clock and do not care, SQLite has none and believes it. Only for tests: a node
   * whose clock is a day off, or jumps.
   */
  public @Nullable InstantSource processClock;

  /**
   * How the nodes on one database tell each other that there is something to look at; without it a task that another node
   * has made ready is found within {@link #leases}' takeover interval. Closed with the engine.
   */
  public HintBus hints = HintBus.NONE;

  StoreClock storeClock() {
    if (clock != null) return StoreClock.of(clock);
    return processClock == null ? StoreClock.ofDatabase() : StoreClock.ofDatabase(processClock);
  }

  /** Which build of workers new runs are for. */
  public Promotion promotion = Promotion.NONE;

  /** Told of what happens, besides the engine's own counters. */
  public EngineMetrics metrics = EngineMetrics.NONE;

  /**
   * @param keep how long the closed runs of the namespace {@code default} are kept, 1 minute to 100 years: written to the
   *     namespace when the engine opens. Null: as the namespace says, which is 30 days in a new database
   * @param slice most runs deleted in one transaction
   * @param every pause between two looks when nothing is left to delete, 1 second to 1 day
   */
  public record Retention(@Nullable Duration keep, int slice, Duration every) {
    public static final Retention STANDARD = new Retention(null, 200, Duration.ofMinutes(1));
    static final Duration OF_A_NEW_NAMESPACE = Duration.ofDays(30);

    public Retention {
      String problem = keep == null ? null : problemOf(keep);
      if (problem != null) {
        throw new RejectedException(new Rejection(Rejection.Code.BAD_CONFIGURATION, problem, "retention.keep"));
      }
      if (slice < 1 || slice > 10_000) {
        throw new RejectedException(new Rejection(Rejection.Code.BAD_CONFIGURATION,
            "expected 1 to 10000, got " + slice, "retention.slice"));
      }
      if (every.compareTo(Duration.ofSeconds(1)) < 0 || every.compareTo(Duration.ofDays(1)) > 0) {
        throw new RejectedException(new Rejection(Rejection.Code.BAD_CONFIGURATION,
            "expected 1 second to 1 day, got " + every, "retention.every"));
      }
    }

    /** What is wrong with a time to keep closed runs; null: nothing. */
    static @Nullable String problemOf(Duration keep) {
      return keep.compareTo(Duration.ofMinutes(1)) < 0 || keep.compareTo(Duration.ofDays(36_525)) > 0
          ? "expected 1 minute to 100 years, got " + keep
          : null;
    }

    public Retention keeping(Duration time) {
      return new Retention(time, slice, every);
    }
  }

  PollSettings pollSettings() {
    return polls != null
        ? polls
        : new PollSettings(
            leases.takeoverPoll(), PollSettings.STANDARD.stickyWait(), PollSettings.STANDARD.historyPage());
  }
}
