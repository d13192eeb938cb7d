package dev.pawl.core.run;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.LossBudget;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Rejection;
import java.time.Duration;
import java.util.Optional;

/**
 * Revokes the lease of an activity whose worker was lost. Its effect may have happened, so whoever gets it next should
 * verify first. Too many losses of one attempt count as its failure.
 *
 * @param epoch of the lease that is to end; another one is left alone
 * @param cause as in {@link LoseTask}
 */
public record LoseActivity(TaskId id, long epoch, String cause) implements Request<ActivityStanding> {
  @Override
  public Anchor anchor() {
    return new OfRun(id.run());
  }

  @Override
  public Needs needs() {
    return Needs.task(id);
  }

  @Override
  public Decision<ActivityStanding> decide(Situation situation) {
    Run run = situation.run();
    if (run == null) {
      return Decision.rejected(Rejection.Code.RUN_NOT_FOUND, "run %s is not there any more".formatted(id.run()));
    }
    ActivityTask task = situation.tasks().get(id);
    if (!run.state().open() || task == null || task.phase() != ActivityTask.Phase.LEASED || task.epoch() != epoch) {
      return Decision.unchanged(
          new ActivityStanding(id.run(), id.step(), ActivityStanding.Fate.UNCHANGED, null));
    }
    OpenActivity activity = OpenActivity.of(situation, id)
        .note("LEASE_REVOKED", cause, "pawl", "held by " + task.session());
    if (cause.equals(LoseTask.SESSION_CLOSED)) return activity.requeued(task.abandoned(activity.draft().now()));
    int losses = task.losses() + 1;
    Optional<Duration> wait = LossBudget.delay(losses, task.idempotencyKey());
    return wait.isPresent()
        ? activity.requeued(task.lost(activity.draft().after(wait.get())))
        : activity.failed(Failure.of(Failure.LEASE_LOSSES,
            "%d workers in a row lost this attempt without a report; the last cause was %s".formatted(losses, cause)),
            true);
  }
}
