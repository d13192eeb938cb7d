package dev.pawl.core.run;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;

/** The worker's part is over; somebody else will report by token. No lease stands until then, only the timeouts do. */
public record LeaveActivity(TaskToken token, SessionId session) implements Request<ActivityStanding> {
  @Override
  public Anchor anchor() {
    return new OfRun(token.run());
  }

  @Override
  public Needs needs() {
    return Needs.task(token.id());
  }

  @Override
  public Decision<ActivityStanding> decide(Situation situation) {
    Decision<ActivityStanding> refused = OpenActivity.refusal(situation, token, session);
    if (refused != null) return refused;
    OpenActivity activity = OpenActivity.of(situation, token.id());
    return activity.task().phase() == ActivityTask.Phase.AWAITING
        ? activity.unchanged()
        : activity.changed(
            activity.task().awaiting(activity.draft().now()), ActivityStanding.Fate.AWAITING, null);
  }
}
