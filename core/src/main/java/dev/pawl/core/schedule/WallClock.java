package dev.pawl.core.schedule;

import dev.pawl.core.schedule.ClockChange.Gap;
import dev.pawl.core.schedule.ClockChange.Repeat;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import org.jspecify.annotations.Nullable;

/**
 * Turns wall times into instants. The line of time is cut where the zone changes its clock: within a piece a wall time is
 * one instant, and what a change means is only where a piece begins and ends on the wall.
 */
record WallClock(ZoneId zone, ClockChange change) {
  /** The calendar repeats itself after 400 years: what does not come until then never comes. */
  private static final Duration CYCLE = ChronoUnit.YEARS.getDuration().multipliedBy(401);

  private static final Duration HOUR = Duration.ofHours(1);

  /** The first instant after {@code after} that the times name; null: there is none. */
  @Nullable Instant next(WallTimes times, Instant after) {
    ZoneRules rules = zone.getRules();
    Instant last = after.plus(CYCLE);
    Instant from = after.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    while (from.isBefore(last)) {
      ZoneOffset offset = rules.getOffset(from);
      ZoneOffsetTransition begin = rules.previousTransition(from.plusNanos(1));
      ZoneOffsetTransition end = rules.nextTransition(from);
      Instant next = earlier(inPiece(times, from, last, offset, begin, end), inGap(times, from, begin));
      if (next != null) return next;
      if (end == null) return null;
      from = end.getInstant();
    }
    return null;
  }

  private @Nullable Instant inPiece(WallTimes times, Instant from, Instant last, ZoneOffset offset,
      @Nullable ZoneOffsetTransition begin, @Nullable ZoneOffsetTransition end) {
    boolean both = change.repeat() == Repeat.BOTH || times.everyHour();
    LocalDateTime first = LocalDateTime.ofInstant(from, offset);
    if (!both && change.repeat() == Repeat.FIRST && begin != null && begin.isOverlap()
        && first.isBefore(begin.getDateTimeBefore())) {
      first = begin.getDateTimeBefore();
    }
    LocalDateTime until = LocalDateTime.ofInstant(last, offset);
    if (end != null) {
      boolean second = !both && change.repeat() == Repeat.SECOND && end.isOverlap();
      until = second ? end.getDateTimeAfter() : end.getDateTimeBefore();
    }
    LocalDateTime found = times.from(first, until);
    return found == null ? null : found.toInstant(offset);
  }

  /** What the gap at the beginning of the piece hides. */
  private @Nullable Instant inGap(WallTimes times, Instant from, @Nullable ZoneOffsetTransition begin) {
    if (begin == null || !begin.isGap() || change.gap() == Gap.SKIPPED) return null;
    Duration length = begin.getDuration();
    if (times.everyHour() && length.toSeconds() % HOUR.toSeconds() == 0) return null;
    LocalDateTime first = begin.getDateTimeBefore();
    if (change.gap() == Gap.AT_ONCE) {
      boolean over = begin.getInstant().isBefore(from);
      return over || times.from(first, begin.getDateTimeAfter()) == null ? null : begin.getInstant();
    }
    LocalDateTime unchanged = LocalDateTime.ofInstant(from, begin.getOffsetBefore());
    LocalDateTime found = times.from(unchanged.isBefore(first) ? first : unchanged, begin.getDateTimeAfter());
    return found == null ? null : found.toInstant(begin.getOffsetBefore());
  }

  static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) return one == null ? other : one;
    return one.isBefore(other) ? one : other;
  }
}
