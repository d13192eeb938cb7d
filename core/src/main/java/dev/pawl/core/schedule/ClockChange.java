package dev.pawl.core.schedule;

/**
 * What a wall time means on a day on which the zone changes its clock. Times that are meant for every hour of the day
 * follow the hours that really pass, whatever is said here: they fire in both passes of a repeated hour, and have nothing
 * to make up for where whole hours are missing.
 *
 * @param gap for wall times that do not exist, because the clock was put forward over them
 * @param repeat for wall times that come twice, because the clock was put back
 */
public record ClockChange(Gap gap, Repeat repeat) {
  /** In a gap at once, in a repeated hour the first time: once a day stays once a day. */
  public static final ClockChange ONCE = new ClockChange(Gap.AT_ONCE, Repeat.FIRST);

  /** A wall time that does not exist. */
  public enum Gap {
    /** Fires at the instant at which the clock is put forward; several such times make one fire. */
    AT_ONCE,
    /** Fires as if the clock had not been changed: 02:30 becomes 03:30. */
    SHIFTED,
    /** Does not fire on that day. Never chosen unless asked for. */
    SKIPPED
  }

  /** A wall time that comes twice. */
  public enum Repeat {
    FIRST,
    SECOND,
    BOTH
  }
}
