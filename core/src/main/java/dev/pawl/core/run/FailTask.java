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
 *
 * <p>A program that does not fit the history gets some tries, too, although nothing about it changes by waiting: while a
 * deploy rolls over the workers, an old one may get a run of the new code, and the next try may find a new worker.
 */
public record FailTask(TaskToken token, SessionId session, Failure why) implements Request<Requeued> {
  /** The failure in a row that blocks the run. */
  public static final int MAX_FAILURES = 10;

  /** The same for {@link Failure#POISONED_PROGRAM}: each one may have cost a worker. */
  public static final int MAX_POISONED = 3;

  /**
   * The same for {@link Failure#HISTORY_DIVERGED} and {@link Failure#UNKNOWN_WORKFLOW_TYPE}; with the waits between the
   * tries, about 5, 15, 45 and 135 seconds, a deploy has more than three minutes.
   */
  public static final int MAX_MISFITS = 5;

  private static final Backoff BACKOFF =
      new Backoff.Exponential(Duration.ofSeconds(1), 2.0, Duration.ofSeconds(60));
  private static final Backoff NEXT_WORKER =
      new Backoff.Exponential(Duration.ofSeconds(5), 3.0, Duration.ofSeconds(300));

  private record Patience(int most, Backoff backoff) {
    static Patience with(String type) {
      return switch (type) {
        case Failure.HISTORY_DIVERGED, Failure.UNKNOWN_WORKFLOW_TYPE -> new Patience(MAX_MISFITS, NEXT_WORKER);
        case Failure.POISONED_PROGRAM -> new Patience(MAX_POISONED, BACKOFF);
        default -> new Patience(MAX_FAILURES, BACKOFF);
      };
    }
  }

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
    Patience patience = Patience.with(why.type());
    String reason = Check.legible(why.type() + ": " + why.message());
    Draft draft = Draft.of(run, situation.now())
        .note("TASK_FAILED", why.type(), session.toString(), why.message());
    WorkflowTask failed = task.failed(
        draft.now(), draft.after(patience.backoff().delay(failures, run.id().toString())), reason);
    if (failures >= patience.most()) {
      failed = failed.blocked(draft.now(), reason);
      draft.task(failed).note("RUN_BLOCKED", why.type(), "pawl",
          "%d failure(s) in a row; %s".formatted(failures, reason));
    }
    return draft.task(failed).answer(new Requeued(run.id(), failed, true));
  }
}
