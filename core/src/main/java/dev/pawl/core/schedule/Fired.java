package dev.pawl.core.schedule;

import dev.pawl.core.schedule.Schedule.SkipReason;
import java.time.Instant;

/** What became of a fire. */
public sealed interface Fired {
  Instant nominal();

  record Started(Instant nominal, String workflowId) implements Fired {}

  /** @param depth how many fires wait, this one included */
  record Buffered(Instant nominal, int depth) implements Fired {}

  record Skipped(Instant nominal, SkipReason reason) implements Fired {}
}
