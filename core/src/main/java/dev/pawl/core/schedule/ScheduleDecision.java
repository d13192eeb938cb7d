package dev.pawl.core.schedule;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request to a schedule comes to. A value: nothing has happened yet. */
public sealed interface ScheduleDecision<A> {

  /**
   * To be committed, all or nothing.
   *
   * @param before the schedule it was decided on, whose version guards the commit; null: there must be none
   * @param events appended to the schedule's history
   * @param answer given to the caller after the commit, never before
   */
  record Change<A>(@Nullable Schedule before, Schedule after, List<ScheduleEvent> events, List<ScheduleEffect> effects,
      A answer) implements ScheduleDecision<A> {
    public Change {
      events = List.copyOf(events);
      effects = List.copyOf(effects);
    }
  }

  /** Nothing to write: it was so already, or it is not time yet. */
  record Unchanged<A>(A answer) implements ScheduleDecision<A> {}

  /** No. The schedule stays as it is. */
  record Refused<A>(ScheduleFlaw flaw) implements ScheduleDecision<A> {}

  static <A> ScheduleDecision<A> refused(ScheduleCode code, String field, String message) {
    return new Refused<>(new ScheduleFlaw(code, field, message));
  }
}
