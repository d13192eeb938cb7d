package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Rejection;
import java.time.Instant;

/**
 * A timer of a run is due, or the wait of a step for its next attempt is over.
 *
 * @param due when the mail said it is due; a timer that was set again since is not meant
 */
public record FireTimer(Mail.Key key, Instant due, int step) implements Request<Delivered> {
  @Override
  public Anchor anchor() {
    return new OfRun(key.owner());
  }

  @Override
  public Decision<Delivered> decide(Situation situation) {
    Run run = situation.run();
    Instant set = run == null ? null : run.state().timers().get(step);
    if (run == null || !run.state().open()) return Deliveries.nothing(situation, key);
    // The mail in hand was delivered before or taken back, and the key is in use again, or may be before this lands:
    // taking it would lose the new wait.
    if (set == null || set.isAfter(due.plusMillis(1))) return Decision.unchanged(new Delivered(run.id(), false));
    if (run.state().waits().containsKey(step) && run.task().phase() == WorkflowTask.Phase.LEASED) {
      // The mail stays, and Draft ends the wait together with the lease if nobody has satisfied it.
      return Decision.rejected(Rejection.Code.RUN_NOT_RUNNING,
          "a worker holds run %s and may be about to satisfy the wait at step %d".formatted(run.id(), step));
    }
    // Due by the database's clock is due: an engine's reading may lag, history must not show a timer that fired early.
    Instant now = situation.now().isBefore(set) ? set : situation.now();
    return Draft.of(run, now)
        .effect(new Effect.Take(key))
        .append(new RunEvent.TimerFired(step))
        .answer(new Delivered(run.id(), true));
  }
}
