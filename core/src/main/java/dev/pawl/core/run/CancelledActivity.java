package dev.pawl.core.run;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import org.jspecify.annotations.Nullable;

/**
 * An activity stopped because it was asked to, or because whoever finishes it says so.
 *
 * @param session the holder; null: by token alone
 */
public record CancelledActivity(TaskToken token, @Nullable SessionId session) implements Request<ActivityStanding> {
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
    return refused != null ? refused : OpenActivity.of(situation, token.id()).cancelled();
  }
}
