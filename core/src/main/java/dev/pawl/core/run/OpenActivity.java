package dev.pawl.core.run;

import dev.pawl.core.run.ActivityStanding.Fate;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An activity that is open, and every way in which an attempt can end. All of them write the run's row as well, so that
 * two of them that are decided at once never land together.
 */
final class OpenActivity {
  private final ActivityTask task;
  private final Draft draft;

  private OpenActivity(ActivityTask task, Draft draft) {
    this.task = task;
    this.draft = draft;
  }

  static OpenActivity of(Situation situation, TaskId id) {
    return new OpenActivity(
        Objects.requireNonNull(situation.tasks().get(id)),
        Draft.of(Objects.requireNonNull(situation.run()), situation.now()));
  }

  /**
   * Why a report under this token does not count; null if it does.
   *
   * @param session null: by token alone, as somebody does who finishes what a worker left
   */
  static <A> @Nullable Decision<A> refusal(Situation situation, TaskToken token, @Nullable SessionId session) {
    Run run = situation.run();
    if (run == null) {
      return Decision.rejected(Rejection.Code.RUN_NOT_FOUND, "run %s is not there any more".formatted(token.run()));
    }
    if (!run.state().open()) {
      return Decision.rejected(Rejection.Code.RUN_CLOSED, "expected an open run, but %s closed at %s as %s"
          .formatted(run.id(), run.state().closedAt(), run.state().status()));
    }
    ActivityTask task = situation.tasks().get(token.id());
    if (task == null || !run.state().activities().containsKey(token.step())) {
      boolean never = token.step() < 1 || token.step() >= run.state().nextStep();
      return never
          ? Decision.rejected(Rejection.Code.TASK_NOT_FOUND,
              "run %s never scheduled an activity at step %d".formatted(run.id(), token.step()))
          : Decision.rejected(Rejection.Code.LEASE_LOST,
              "the activity at step %d of run %s is not open any more".formatted(token.step(), run.id()));
    }
    boolean held = task.epoch() == token.epoch() && task.attempt() == token.attempt()
        && switch (task.phase()) {
          case WAITING -> false;
          case LEASED -> session == null || session.equals(task.session());
          case AWAITING -> true;
        };
    return held
        ? null
        : Decision.rejected(Rejection.Code.LEASE_LOST,
            "expected attempt %d under epoch %d at step %d of run %s, but it is %s, attempt %d, epoch %d".formatted(
                token.attempt(), token.epoch(), token.step(), run.id(), task.phase(), task.attempt(), task.epoch()));
  }

  Draft draft() {
    return draft;
  }

  ActivityTask task() {
    return task;
  }

  OpenActivity note(String what, @Nullable String cause, String actor, @Nullable String reason) {
    draft.note(task.id().step(), task.epoch(), what, cause, actor, reason);
    return this;
  }

  Decision<ActivityStanding> completed(Payload result) {
    return ended(new RunEvent.ActivityCompleted(step(), result, task.attempt()), Fate.COMPLETED);
  }

  Decision<ActivityStanding> cancelled() {
    return ended(new RunEvent.ActivityCancelled(step(), task.attempt()), Fate.CANCELLED);
  }

  /** @param unsure whether the attempt may have had its effect all the same */
  Decision<ActivityStanding> failed(Failure failure, boolean unsure) {
    return failed(failure, unsure, new RunEvent.ActivityFailed(step(), failure, task.attempt()), Fate.FAILED);
  }

  /** A limit of one attempt was reached. */
  Decision<ActivityStanding> timedOut(String kind) {
    return failed(Failure.of(Failure.TIMED_OUT, "the activity's " + kind + " timeout passed"), true,
        timedOutEvent(kind), Fate.TIMED_OUT);
  }

  /** A limit of the activity as a whole was reached. */
  Decision<ActivityStanding> timedOutForGood(String kind) {
    return ended(timedOutEvent(kind), Fate.TIMED_OUT);
  }

  private RunEvent timedOutEvent(String kind) {
    return new RunEvent.ActivityTimedOut(step(), kind, task.attempt(), task.details());
  }

  private Decision<ActivityStanding> failed(Failure failure, boolean unsure, RunEvent last, Fate lastFate) {
    Instant giveUpAt = task.options().scheduleToClose() == null
        ? null
        : task.scheduledAt().plus(task.options().scheduleToClose());
    Optional<Instant> next = task.options().retry()
        .next(task.attempt(), failure, task.idempotencyKey(), draft.now(), giveUpAt);
    if (next.isEmpty()) return ended(last, lastFate);
    // Whoever asked for the cancel does not want another attempt.
    if (task.cancelRequested()) return cancelled();
    draft.append(new RunEvent.ActivityRetryScheduled(step(), task.attempt(), failure, next.get()));
    return waiting(task.nextAttempt(next.get(), failure, unsure || task.ambiguous()));
  }

  /** Back in the queue without an attempt counted; an activity that should stop is cancelled instead. */
  Decision<ActivityStanding> requeued(ActivityTask waiting) {
    return task.cancelRequested() ? cancelled() : waiting(waiting);
  }

  private Decision<ActivityStanding> waiting(ActivityTask waiting) {
    return changed(waiting, Fate.WAITING, waiting.visibleAt());
  }

  Decision<ActivityStanding> changed(ActivityTask to, Fate fate, @Nullable Instant dueAt) {
    return draft.effect(new Effect.ChangeTask(to, task.epoch())).answer(standing(fate, dueAt));
  }

  Decision<ActivityStanding> unchanged() {
    return Decision.unchanged(standing(Fate.UNCHANGED, null));
  }

  private Decision<ActivityStanding> ended(RunEvent last, Fate fate) {
    return draft.append(last)
        .effect(new Effect.CloseTask(task.id(), task.epoch()))
        .answer(standing(fate, null));
  }

  private ActivityStanding standing(Fate fate, @Nullable Instant dueAt) {
    return new ActivityStanding(task.id().run(), step(), fate, dueAt);
  }

  private int step() {
    return task.id().step();
  }

  /** Whether {@code outcome} is what this ended with. */
  static boolean recorded(Event event, TaskToken token, Outcome outcome) {
    return switch (event.fact()) {
      case RunEvent.ActivityCompleted e -> e.step() == token.step() && e.attempt() == token.attempt()
          && outcome instanceof Outcome.Success s && Objects.equals(s.result(), e.result());
      case RunEvent.ActivityFailed e -> e.step() == token.step() && e.attempt() == token.attempt()
          && outcome instanceof Outcome.Failed f && f.failure().equals(e.failure());
      case RunEvent.ActivityRetryScheduled e -> e.step() == token.step() && e.attempt() == token.attempt()
          && outcome instanceof Outcome.Failed f && f.failure().equals(e.failure());
      default -> false;
    };
  }
}
