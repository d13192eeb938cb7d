package dev.pawl.core.run;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Backoff;
import dev.pawl.core.value.Failure;
import java.time.Duration;

/**
 * The program could not go on, and nothing was recorded. The run is never closed for that: it backs off, and after too
 * many failures in a row it is blocked with the reason, until an operator or a deploy removes it.
 */
public record FailTask(TaskToken token, SessionId session, Failure why) implements Request<Requeued> {
  /** The failure in a row that blocks the run. */
  public static final int MAX_FAILURES = 10;

  /** The same for {@link Failure#POISONED_PROGRAM}: each one may have cost a worker. */
  public static final int MAX_POISONED = 3;

  private static final Backoff BACKOFF =
      new Backoff.Exponential(Duration.ofSeconds(1), 2.0, Duration.ofSeconds(60));

  @Override
  public Anchor anchor() {
    return new OfRun(token.run());
  }

  @Override
  public Decision<Requeued> decide(Situation situation) {
    Decision<Requeued> refused = Held.refusal(situation, token, session);
    if (refused != null) return refused;
    Run run = Held.run(situation);
    WorkflowTask task = run.task();
    int failures = task.failures() + 1;
    String reason = Check.legible(why.type() + ": " + why.message());
    Draft draft = Draft.of(run, situation.now())
        .note("TASK_FAILED", why.type(), session.toString(), why.message());
    WorkflowTask failed = task.failed(
        draft.now(), draft.after(BACKOFF.delay(failures, run.id().toString())), reason);
    if (failures >= most(why.type())) {
      failed = failed.blocked(draft.now(), reason);
      draft.task(failed).note("RUN_BLOCKED", why.type(), "pawl",
          "%d failure(s) in a row; %s".formatted(failures, reason));
    }
    return draft.task(failed).answer(new Requeued(run.id(), failed, true));
  }

  private static int most(String type) {
    return switch (type) {
      // Trying again cannot help: only another build of the program or of the worker can.
      case Failure.HISTORY_DIVERGED, Failure.UNKNOWN_WORKFLOW_TYPE -> 1;
      case Failure.POISONED_PROGRAM -> MAX_POISONED;
      default -> MAX_FAILURES;
    };
  }
}
