package dev.pawl.core.schedule;

import java.time.Instant;
import java.util.List;

/**
 * Time has passed: what is due fires. At most {@link #MOST_FIRES} at once, then it has to be asked again, which the
 * wake-up that comes with the change says. What is too late for the catch-up window is left out, with one entry of the
 * history for all of it.
 */
public record PassFires(String id) implements ExistingSchedule<List<Fired>> {
  public static final int MOST_FIRES = 100;

  @Override
  public ScheduleDecision<List<Fired>> on(Schedule there, Instant now) {
    Fire next = there.next();
    if (next == null || next.at().isAfter(now)) return new ScheduleDecision.Unchanged<>(List.of());
    ScheduleDraft draft = new ScheduleDraft(there, there, now);
    List<Fired> fired = draft.pass(false);
    return draft.change(fired);
  }
}
