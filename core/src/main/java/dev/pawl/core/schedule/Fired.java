package dev.pawl.core.schedule;

import dev.pawl.core.schedule.Schedule.SkipReason;
import java.time.Instant;

/** What became of a fire. */
public sealed interface Fired {
  Instant nominal();

  /**
   * @param sequence of the entry of the history that says so
   * @param at when it was started
   */
  record Started(Instant nominal, String workflowId, long sequence, Instant at) implements Fired {}

  /** @param depth how many fires wait, this one included */
  record Buffered(Instant nominal, int depth) implements Fired {}

  record Skipped(Instant nominal, SkipReason reason) implements Fired {}
}
