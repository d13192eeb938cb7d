package dev.pawl.core.schedule;

import dev.pawl.core.schedule.Schedule.Cause;
import dev.pawl.core.schedule.Schedule.SkipReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a schedule's history.
 *
 * @param sequence 1, 2, 3 ... without holes
 */
public record ScheduleEvent(long sequence, Instant at, Fact fact) {

  /** What happened. The name of the type, with {@code Schedule} in front, is what travels. */
  public sealed interface Fact {
    default String type() {
      return "Schedule" + getClass().getSimpleName();
    }
  }

  public record Created() implements Fact {}

  public record Updated() implements Fact {}

  public record Deleted() implements Fact {}

  public record Paused(@Nullable String note) implements Fact {}

  public record Resumed(@Nullable String note) implements Fact {}

  /** A fire started a workflow. */
  public record Triggered(Instant nominal, Cause cause, String workflowId) implements Fact {}

  /**
   * A fire, or all fires from {@code nominal} until {@code last} inclusive, started nothing.
   *
   * @param why more for people; null: the reason says all
   */
  public record TriggerSkipped(Instant nominal, Instant last, Cause cause, SkipReason reason, @Nullable String why)
      implements Fact {}
}
