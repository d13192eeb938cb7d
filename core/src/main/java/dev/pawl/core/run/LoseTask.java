package dev.pawl.core.run;

import dev.pawl.core.task.LossBudget;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.Optional;

/**
 * Revokes the lease of a run whose worker was lost. Expiry only made the lease revocable; this ends it. Any node may
 * ask; the second one finds that it has happened.
 *
 * @param epoch of the lease that is to end; another one is left alone
 * @param cause for example {@code SESSION_EXPIRED}, {@link #SESSION_CLOSED}, {@code LEASE_UNLISTED}
 */
public record LoseTask(RunId run, long epoch, String cause) implements Request<Requeued> {
  /** The worker said goodbye: what it still held is free at once, without a penalty. */
  public static final String SESSION_CLOSED = "SESSION_CLOSED";

  @Override
  public Anchor anchor() {
    return new OfRun(run);
  }

  @Override
  public Decision<Requeued> decide(Situation situation) {
    Run held = situation.run();
    if (held == null) {
      return Decision.rejected(Rejection.Code.RUN_NOT_FOUND, "run %s is not there any more".formatted(run));
    }
    WorkflowTask task = held.task();
    SessionId holder = task.session();
    if (task.phase() != WorkflowTask.Phase.LEASED || task.epoch() != epoch || holder == null) {
      return Decision.unchanged(new Requeued(run, task, false));
    }
    Draft draft = Draft.of(held, situation.now()).note("LEASE_REVOKED", cause, "pawl", "held by " + holder);
    if (cause.equals(SESSION_CLOSED)) {
      WorkflowTask released = task.released(draft.now());
      return draft.task(released).answer(new Requeued(run, released, true));
    }
    int losses = task.losses() + 1;
    Optional<Duration> wait = LossBudget.delay(losses, run.toString());
    WorkflowTask lost = task.lost(draft.now(), draft.after(wait.orElse(Duration.ZERO)));
    if (wait.isEmpty()) {
      String why = "LEASE_LOSSES: %d workers in a row lost this run without a report; the last cause was %s"
          .formatted(losses, cause);
      lost = lost.blocked(draft.now(), why);
      draft.note("RUN_BLOCKED", "LEASE_LOSSES", "pawl", why);
    }
    return draft.task(lost).answer(new Requeued(run, lost, true));
  }
}
