package dev.pawl.core.run;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Rejection;

/** A worker gives an activity back unstarted, for example because it drains. Due at once, no attempt counted. */
public record ReleaseActivity(TaskToken token, SessionId session) implements Request<ActivityStanding> {
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
    if (activity.task().phase() != ActivityTask.Phase.LEASED) {
      return Decision.rejected(Rejection.Code.LEASE_LOST,
          "the activity at step %d of run %s was left to somebody else already".formatted(token.step(), token.run()));
    }
    return activity.note("LEASE_RELEASED", null, session.toString(), null)
        .requeued(activity.task().abandoned(activity.draft().now()));
  }
}
