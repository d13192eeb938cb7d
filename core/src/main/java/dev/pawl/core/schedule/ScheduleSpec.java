package dev.pawl.core.schedule;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When to fire: at every instant that one of the sources names, within the window, unless it is excluded.
 *
 * @param zone on whose wall clock {@code sources} and exclusions are read
 * @param jitter how much a fire may be delayed at most: 0 to {@link #LONGEST_JITTER}
 */
public record ScheduleSpec(Sources sources, ZoneId zone, ClockChange clockChange, Window window, Duration jitter) {
  /** One hour. */
  public static final Duration LONGEST_JITTER = Duration.ofHours(1);

  /** So many excluded fires in a row, and the spec counts as one that does not fire any more. */
  private static final int PATIENCE = 100_000;

  /** What names the instants. At least one of the first three has something in it. */
  public record Sources(List<CronExpression> crons, List<Interval> intervals, List<CalendarTimes> calendars,
      List<CalendarTimes> exclusions) {
    public Sources {
      crons = List.copyOf(crons);
      intervals = List.copyOf(intervals);
      calendars = List.copyOf(calendars);
      exclusions = List.copyOf(exclusions);
      if (crons.isEmpty() && intervals.isEmpty() && calendars.isEmpty()) {
        throw new ScheduleRefusedException(ScheduleCode.SPEC_EMPTY, "spec", "expected a cron expression, an interval or a calendar");
      }
    }
  }

  /**
   * When a schedule is in force.
   *
   * @param from inclusive; null: always
   * @param until exclusive; null: for ever
   */
  public record Window(@Nullable Instant from, @Nullable Instant until) {
    public static final Window ALWAYS = new Window(null, null);

    public Window {
      if (from != null && until != null && !from.isBefore(until)) {
        throw new ScheduleRefusedException(ScheduleCode.INVALID_TIME_RANGE, "spec.window.until",
            "expected an instant after %s, found %s".formatted(from, until));
      }
    }
  }

  public ScheduleSpec {
    if (jitter.isNegative() || jitter.compareTo(LONGEST_JITTER) > 0) {
      throw new ScheduleRefusedException(ScheduleCode.INVALID_JITTER, "jitter_seconds",
          "expected 0 to %d seconds, found %s".formatted(LONGEST_JITTER.toSeconds(), jitter));
    }
  }

  /**
   * Reads the name of a time zone, such as {@code Europe/Berlin}; null: UTC.
   *
   * @throws ScheduleRefusedException with {@link ScheduleCode#INVALID_TIMEZONE}
   */
  public static ZoneId zone(@Nullable String name, String path) {
    if (name == null) return ZoneId.of("UTC");
    try {
      return ZoneId.of(name.strip());
    } catch (DateTimeException unknown) {
      throw new ScheduleRefusedException(ScheduleCode.INVALID_TIMEZONE, path,
          "expected an IANA time zone such as Europe/Berlin, found '%s'".formatted(name));
    }
  }

  /**
   * The next fire.
   *
   * @param after nominal; the fire's nominal time is later
   * @param seed of the jitter: the same schedule always gives the same
   * @return null: it does not fire any more
   */
  public @Nullable Fire next(Instant after, String seed) {
    Instant nominal = nominal(after);
    return nominal == null ? null : new Fire(nominal, nominal.plus(delay(nominal, seed)));
  }

  /** The next fires, at most {@code count}; fewer if it does not fire so often any more. */
  public List<Fire> preview(Instant after, int count, String seed) {
    List<Fire> fires = new ArrayList<>();
    for (Fire fire = next(after, seed); fire != null && fires.size() < count; fire = next(fire.nominal(), seed)) {
      fires.add(fire);
    }
    return fires;
  }

  private Duration delay(Instant nominal, String seed) {
    if (jitter.isZero()) return jitter;
    // Never beyond the next fire: what is later stays later, and nothing piles up.
    Instant next = nominal(nominal);
    Duration room = next == null ? jitter : Duration.between(nominal, next);
    long most = (room.compareTo(jitter) < 0 ? room : jitter).toMillis();
    return Duration.ofMillis((long) (most * unit(nominal, seed)));
  }

  private @Nullable Instant nominal(Instant after) {
    Instant from = window.from();
    Instant until = window.until();
    Instant next = from != null && after.isBefore(from) ? from.minusNanos(1) : after;
    for (int excluded = 0; excluded < PATIENCE; excluded++) {
      next = named(next);
      if (next == null || (until != null && !next.isBefore(until))) return null;
      Instant end = excludedUntil(next);
      if (end == null) return next;
      next = end.minusNanos(1);
    }
    return null;
  }

  private @Nullable Instant named(Instant after) {
    WallClock clock = new WallClock(zone, clockChange);
    Instant next = null;
    for (CronExpression cron : sources.crons()) next = WallClock.earlier(next, clock.next(cron.times(), after));
    for (CalendarTimes calendar : sources.calendars()) next = WallClock.earlier(next, clock.next(calendar.times(), after));
    for (Interval interval : sources.intervals()) next = WallClock.earlier(next, interval.next(after));
    return next;
  }

  /** When the exclusion that an instant falls under may be over; null: it falls under none. */
  private @Nullable Instant excludedUntil(Instant instant) {
    LocalDateTime wall = LocalDateTime.ofInstant(instant, zone);
    for (CalendarTimes exclusion : sources.exclusions()) {
      if (!exclusion.times().contains(wall)) continue;
      return exclusion.times().wholeDays()
          ? wall.toLocalDate().plusDays(1).atStartOfDay(zone).toInstant()
          : instant.plusSeconds(1);
    }
    return null;
  }

  private static double unit(Instant nominal, String seed) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(seed.getBytes(StandardCharsets.UTF_8));
      sha.update(ByteBuffer.allocate(8).putLong(nominal.getEpochSecond()).array());
      return (ByteBuffer.wrap(sha.digest()).getLong() >>> 11) / (double) (1L << 53);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
