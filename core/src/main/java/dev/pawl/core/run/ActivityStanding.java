package dev.pawl.core.run;

import dev.pawl.core.value.RunId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an activity stands after a request about it.
 *
 * @param dueAt WAITING: when the next attempt may start; otherwise null
 */
public record ActivityStanding(RunId run, int step, Fate fate, @Nullable Instant dueAt) {

  public enum Fate {
    COMPLETED,
    FAILED,
    TIMED_OUT,
    CANCELLED,
    /** Back in the queue, for another attempt or for the same one. */
    WAITING,
    /** Left by its worker; somebody will report by token. */
    AWAITING,
    /** Nothing was written: the same word came before, or there was nothing to do. */
    UNCHANGED
  }
}
