package dev.pawl.core.run;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;

/** Gives a run that needs a worker to one. Also used inside the commit that makes the run ready, when one waits. */
public record GrantTask(RunId run, SessionId session) implements Request<GrantTask.Granted> {

  /**
   * @param knownSeq the last event that the session has, if it parked this run; 0: send all
   */
  public record Granted(TaskToken token, Run run, long knownSeq) {}

  @Override
  public Anchor anchor() {
    return new OfRun(run);
  }

  @Override
  public Decision<Granted> decide(Situation situation) {
    Run target = situation.run();
    if (target == null) {
      return Decision.rejected(Rejection.Code.RUN_NOT_FOUND, "run %s is not there any more".formatted(run));
    }
    WorkflowTask task = target.task();
    if (task.phase() != WorkflowTask.Phase.READY || task.visibleAt().isAfter(situation.now())) {
      return Decision.rejected(Rejection.Code.TASK_NOT_FOUND,
          "expected run %s to be ready for a worker, but it is %s".formatted(run, task.phase()));
    }
    Draft draft = Draft.of(target, situation.now());
    draft.task(task.leased(session, draft.now(), situation.epochFloor()));
    TaskToken token = new TaskToken(run, 0, task.losses() + task.failures() + 1, draft.task().epoch());
    Run granted = new Run(draft.state(), draft.task(), target.version() + 1);
    return draft.answer(new Granted(token, granted, session.equals(task.sticky()) ? task.seen() : 0));
  }
}
