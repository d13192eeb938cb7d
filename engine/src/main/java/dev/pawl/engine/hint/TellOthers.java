package dev.pawl.engine.hint;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.engine.commit.Landings;
import dev.pawl.engine.queue.Alarms;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tells the other nodes where a commit of this one has left something for them. */
public final class TellOthers implements Landings {
  private final Consumer<Hint> others;
  private final Alarms alarms;
  private final Predicate<Instant> due;

  /** @param due whether an instant has come */
  public TellOthers(Consumer<Hint> others, Alarms alarms, Predicate<Instant> due) {
    this.others = others;
    this.alarms = alarms;
    this.due = due;
  }

  @Override
  public void landed(@Nullable Run run, List<Event> events, List<Effect> effects) {
    if (run != null) {
      var state = run.state();
      boolean ended = !events.isEmpty() && events.getLast().fact() instanceof RunEvent.Closing;
      others.accept(new Hint.Changed(state.namespace(), state.workflowId(), ended));
      if (run.task().phase() == WorkflowTask.Phase.READY) {
        at(run.task().visibleAt(),
            new Hint.WorkflowReady(state.namespace(), state.started().queue(), state.started().workflowType()));
      }
    }
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.OpenTask e -> waits(e.task());
        case Effect.ChangeTask e -> waits(e.task());
        default -> {}
      }
    }
  }

  private void waits(ActivityTask task) {
    if (task.phase() != ActivityTask.Phase.WAITING) return;
    at(task.visibleAt(), new Hint.ActivityReady(task.namespace(), task.options().queue(), task.activityType()));
  }

  private void at(Instant instant, Hint hint) {
    if (due.test(instant)) others.accept(hint);
    else alarms.at(instant, () -> others.accept(hint));
  }
}
