package dev.pawl.core.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Instants at even distances: offset, offset + every, offset + 2 every ... since 1970-01-01T00:00Z. It knows no time zone
 * and no clock change.
 *
 * @param every whole seconds, from 1 s to 36,525 days
 * @param offset whole seconds, from 0 to less than {@code every}
 */
public record Interval(Duration every, Duration offset) {
  private static final Duration LONGEST = Duration.ofDays(36_525);
  private static final Pattern WEEKS = Pattern.compile("P([0-9]{1,4})W");

  public Interval {
    check(every, offset, "");
  }

  /**
   * Reads an interval from ISO-8601 durations such as {@code PT30M}, {@code P1D} or {@code P1W}. Months and years have no
   * fixed length and are refused: that is what calendars are for.
   *
   * @param offset null: none
   * @param path where it came from, such as {@code spec.intervals[0]}
   * @throws ScheduleRefusedException with {@link ScheduleCode#INVALID_INTERVAL}
   */
  public static Interval parse(String every, @Nullable String offset, String path) {
    Duration distance = duration(every, path + ".every");
    Duration begin = offset == null ? Duration.ZERO : duration(offset, path + ".offset");
    check(distance, begin, path + ".");
    return new Interval(distance, begin);
  }

  /** The first of them after an instant. */
  Instant next(Instant after) {
    long step = every.toSeconds();
    long passed = Math.floorDiv(after.getEpochSecond() - offset.toSeconds(), step);
    return Instant.ofEpochSecond(offset.toSeconds() + (passed + 1) * step);
  }

  private static Duration duration(String text, String path) {
    try {
      Matcher weeks = WEEKS.matcher(text.strip());
      return weeks.matches() ? Duration.ofDays(7L * Integer.parseInt(weeks.group(1))) : Duration.parse(text.strip());
    } catch (DateTimeParseException unreadable) {
      throw new ScheduleRefusedException(ScheduleCode.INVALID_INTERVAL, path,
          "expected an ISO-8601 duration without months or years, such as PT30M, found '%s'".formatted(text));
    }
  }

  private static void check(Duration every, Duration offset, String path) {
    if (every.toSeconds() < 1 || every.getNano() != 0 || every.compareTo(LONGEST) > 0) {
      throw new ScheduleRefusedException(ScheduleCode.INVALID_INTERVAL, path + "every",
          "expected whole seconds from PT1S to %s, found %s".formatted(LONGEST, every));
    }
    if (offset.isNegative() || offset.getNano() != 0 || offset.compareTo(every) >= 0) {
      throw new ScheduleRefusedException(ScheduleCode.INVALID_INTERVAL, path + "offset",
          "expected whole seconds from 0 to less than %s, found %s".formatted(every, offset));
    }
  }
}
