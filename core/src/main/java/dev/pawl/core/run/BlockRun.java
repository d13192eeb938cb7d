package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/**
 * Hands a run to nobody until {@link UnblockRun}, and says why: an operator wants to look first. Whoever works on it is
 * fenced. Not a fact of the run's history.
 *
 * @param run only this run; null: the chain's current run
 * @param requestId makes it idempotent over the whole chain; null: every call counts
 * @param digest of the whole request, its kind included; compared when the request id comes again
 * @param actor who asks, for the ledger
 */
public record BlockRun(String namespace, String workflowId, @Nullable RunId run, String reason,
    @Nullable String requestId, String digest, String actor) implements Steering {

  @Override
  public String verb() {
    return "block";
  }

  @Override
  public @Nullable Draft steer(Run target, Situation situation) {
    if (target.task().phase() == WorkflowTask.Phase.BLOCKED) return null;
    Draft draft = Draft.of(target, situation.now()).note("RUN_BLOCKED", "OPERATOR", actor, reason);
    return draft.task(target.task().blocked(draft.now(), Check.legible(reason)));
  }
}
