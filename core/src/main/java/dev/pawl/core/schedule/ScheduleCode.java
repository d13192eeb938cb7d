package dev.pawl.core.schedule;

import java.util.Locale;

/** Why a schedule, or a request to one, is refused. A code keeps its meaning for ever. */
public enum ScheduleCode {
  /** A cron expression cannot be read. */
  INVALID_CRON_EXPRESSION,
  /** A calendar has an unknown field, or one that cannot be read. */
  INVALID_CALENDAR,
  /** An interval is no ISO-8601 duration of whole seconds, or out of range. */
  INVALID_INTERVAL,
  /** The time zone is not known here. */
  INVALID_TIMEZONE,
  /** The jitter is out of range. */
  INVALID_JITTER,
  /** A range of time ends before it begins, or in the future where only the past makes sense. */
  INVALID_TIME_RANGE,
  /** There is neither a cron expression nor an interval nor a calendar. */
  SPEC_EMPTY,
  /** No instant fits the spec, such as the 30th of February. */
  NEVER_FIRES,
  /** There is no schedule of this id, or it was deleted. */
  SCHEDULE_NOT_FOUND,
  /** There is a schedule of this id. */
  SCHEDULE_ALREADY_EXISTS,
  /** The id is empty or too long. */
  INVALID_SCHEDULE_ID,
  /** What is to be started is not said, or says what a schedule decides itself. */
  INVALID_ACTION,
  /** The note is too long. */
  INVALID_NOTE,
  /** The number of runs is less than 1. */
  INVALID_MAX_RUNS,
  /** The catch-up window is out of range. */
  INVALID_CATCHUP_WINDOW,
  /** The schedule was changed by somebody else since it was read. */
  SCHEDULE_CHANGED,
  /** A backfill would fire more often than is decided at once. */
  TOO_MANY_FIRES;

  /** The code as it travels, for example {@code never_fires}. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
