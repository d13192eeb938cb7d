package dev.pawl.core.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Something that is asked of a schedule, or told to it. Each gives an answer in every state. */
public sealed interface ScheduleRequest<A> permits CreateSchedule, ExistingSchedule {
  /** The longest note, in characters. */
  int LONGEST_NOTE = 1_000;

  String id();

  /** @param there null: no schedule of this id was ever made */
  ScheduleDecision<A> decide(@Nullable Schedule there, Instant now);

  /** What is wrong with a note; null: nothing. */
  static @Nullable ScheduleFlaw flaw(@Nullable String note) {
    return note == null || note.length() <= LONGEST_NOTE ? null : new ScheduleFlaw(ScheduleCode.INVALID_NOTE, "note",
        "expected at most %d characters, found %d".formatted(LONGEST_NOTE, note.length()));
  }
}
