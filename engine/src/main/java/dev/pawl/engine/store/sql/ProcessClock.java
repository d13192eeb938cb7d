package dev.pawl.engine.store.sql;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Time on a database that has no clock of its own, made of a process's wall clock and its steady (monotonic) one. All
 * values are microseconds.
 *
 * <p>It is the wall clock, except that it never goes back: a wall clock that was set back is overtaken at the pace of
 * the steady clock, so that leases and timers go on running, and the lead is given up by a tenth of the time that
 * passes until the wall clock has caught up. What another process on the same database has seen is a lower bound too.
 */
final class ProcessClock {
  /** A difference between the two clocks that adjusting does not explain. */
  static final long JUMP = 1_000_000;
  private static final long GIVES_UP = 10;

  /** What to add to the steady clock at least. */
  private final AtomicLong lead = new AtomicLong(Long.MIN_VALUE / 2);
  private final AtomicLong latest = new AtomicLong(Long.MIN_VALUE);
  private long lastWall;
  private long lastSteady;
  private boolean checked;

  /** @param jumped how far the wall clock, or time itself, jumped since the last check; 0: not noticeably */
  record Checked(long time, long jumped) {}

  /** What time it is; never less than before. */
  long at(long wall, long steady) {
    long ahead = lead.get();
    if (wall - steady > ahead) ahead = lead.accumulateAndGet(wall - steady, Math::max);
    long time = steady + ahead;
    return latest.get() >= time ? latest.get() : latest.accumulateAndGet(time, Math::max);
  }

  /**
   * Compares the two clocks with each other and with what the database has seen.
   *
   * @param watermark the latest time that any process has put down
   */
  synchronized Checked check(long wall, long steady, long watermark) {
    long jumped = checked ? (wall - lastWall) - (steady - lastSteady) : 0;
    if (checked) giveUp(wall, steady);
    long own = at(wall, steady);
    if (watermark > own) {
      lead.accumulateAndGet(watermark - steady, Math::max);
      // At the opening it is our wall clock that is behind; later it is another process's that is ahead.
      if (watermark - own >= JUMP) jumped = checked ? watermark - own : own - watermark;
    }
    lastWall = wall;
    lastSteady = steady;
    checked = true;
    return new Checked(at(wall, steady), Math.abs(jumped) < JUMP ? 0 : jumped);
  }

  private void giveUp(long wall, long steady) {
    long step = Math.max(0, steady - lastSteady) / GIVES_UP;
    lead.updateAndGet(ahead -> Math.max(wall - steady, ahead - step));
  }
}
