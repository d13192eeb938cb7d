package dev.pawl.core.run;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.Rejection;
import java.util.Optional;

/**
 * A deadline of an activity has passed, somebody thinks. A deadline of one attempt is tried again as a failure would
 * be; a deadline of the whole activity is final. Whoever still works on it is fenced.
 */
public record TimeOutActivity(TaskId id) implements Request<ActivityStanding> {
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
    Optional<ActivityTask.Deadline> deadline =
        run.state().open() && task != null ? task.deadline() : Optional.empty();
    if (task == null || deadline.isEmpty() || deadline.get().at().isAfter(situation.now())) {
      // It ended, or a sign of life came meanwhile.
      return Decision.unchanged(
          new ActivityStanding(id.run(), id.step(), ActivityStanding.Fate.UNCHANGED, null));
    }
    String kind = deadline.get().kind();
    OpenActivity activity = OpenActivity.of(situation, id);
    if (task.phase() != ActivityTask.Phase.WAITING) {
      activity.note("LEASE_REVOKED", kind.toUpperCase(java.util.Locale.ROOT), "pawl",
          task.session() == null ? "left to somebody else" : "held by " + task.session());
    }
    return switch (kind) {
      case "schedule_to_start", "schedule_to_close" -> activity.timedOutForGood(kind);
      default -> activity.timedOut(kind);
    };
  }
}
