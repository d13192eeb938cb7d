package dev.pawl.core.run;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Rejection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether a worker holds the run that it speaks about. */
final class Held {
  private Held() {}

  /** Why the worker must not write; null if it may. */
  static <A> @Nullable Decision<A> refusal(Situation situation, TaskToken token, SessionId session) {
    Run run = situation.run();
    if (run == null) {
      return Decision.rejected(Rejection.Code.RUN_NOT_FOUND, "run %s is not there any more".formatted(token.run()));
    }
    WorkflowTask task = run.task();
    if (task.phase() == WorkflowTask.Phase.LEASED && task.epoch() == token.epoch() && session.equals(task.session())) {
      return null;
    }
    return run.state().open()
        ? Decision.rejected(Rejection.Code.LEASE_LOST,
            "expected session %s to hold run %s under epoch %d, but the newest epoch is %d, %s".formatted(session,
                run.id(), token.epoch(), task.epoch(),
                task.session() == null ? "the run is " + task.phase() : "held by " + task.session()))
        : Decision.rejected(Rejection.Code.RUN_CLOSED, "expected an open run, but %s closed at %s as %s"
            .formatted(run.id(), run.state().closedAt(), run.state().status()));
  }

  /** The run after {@link #refusal} had nothing against it. */
  static Run run(Situation situation) {
    return Objects.requireNonNull(situation.run());
  }
}
