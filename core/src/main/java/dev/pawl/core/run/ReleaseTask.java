package dev.pawl.core.run;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask;

/** A worker gives a run back unfinished, for example because it drains. Ready at once, no penalty. */
public record ReleaseTask(TaskToken token, SessionId session) implements Request<Requeued> {
  @Override
  public Anchor anchor() {
    return new OfRun(token.run());
  }

  @Override
  public Decision<Requeued> decide(Situation situation) {
    Decision<Requeued> refused = Held.refusal(situation, token, session);
    if (refused != null) return refused;
    Run run = Held.run(situation);
    Draft draft = Draft.of(run, situation.now());
    WorkflowTask released = run.task().released(draft.now());
    return draft.note("LEASE_RELEASED", null, session.toString(), null)
        .task(released)
        .answer(new Requeued(run.id(), released, true));
  }
}
