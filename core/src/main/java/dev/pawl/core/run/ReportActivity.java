package dev.pawl.core.run;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Rejection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt of an activity ended, by the word of the one who worked on it. A failure is tried again as the
 * activity's policy says; the program sees the last outcome only.
 *
 * @param session the holder; null: by token alone, as somebody does who finishes what a worker left
 * @param searching whether to look through the history for the same report; see {@link #again}
 */
public record ReportActivity(TaskToken token, @Nullable SessionId session, Outcome outcome, boolean searching)
    implements Request<ActivityStanding> {

  public ReportActivity(TaskToken token, @Nullable SessionId session, Outcome outcome) {
    this(token, session, outcome, false);
  }

  /**
   * The same request after {@code LEASE_LOST} or {@code RUN_CLOSED}: it reads the history to find out whether this very
   * report was recorded before, and is UNCHANGED then. Only for the unusual case, because it loads all events.
   */
  public ReportActivity again() {
    return new ReportActivity(token, session, outcome, true);
  }

  @Override
  public Anchor anchor() {
    return new OfRun(token.run());
  }

  @Override
  public Needs needs() {
    return new Needs(List.of(token.id()), List.of(), searching ? (Long) 0L : null, List.of());
  }

  @Override
  public Decision<ActivityStanding> decide(Situation situation) {
    Decision<ActivityStanding> refused = OpenActivity.refusal(situation, token, session);
    if (refused != null) return recordedBefore(situation) ? same() : refused;
    Rejection wrong = new Check("outcome.").outcome("result", outcome).problem();
    if (wrong != null) return new Decision.Rejected<>(wrong);
    OpenActivity activity = OpenActivity.of(situation, token.id());
    return switch (outcome) {
      case Outcome.Success s -> activity.completed(s.result());
      case Outcome.Failed f -> activity.failed(f.failure(), false);
    };
  }

  private boolean recordedBefore(Situation situation) {
    ActivityTask task = situation.tasks().get(token.id());
    // Its failure led to the attempt that waits now; no need to read the history for that.
    if (task != null && task.epoch() == token.epoch() && task.attempt() == token.attempt() + 1
        && outcome instanceof Outcome.Failed f && f.failure().equals(task.lastFailure())) {
      return true;
    }
    return situation.events().stream().anyMatch(event -> OpenActivity.recorded(event, token, outcome));
  }

  private Decision<ActivityStanding> same() {
    return Decision.unchanged(
        new ActivityStanding(token.run(), token.step(), ActivityStanding.Fate.UNCHANGED, null));
  }
}
