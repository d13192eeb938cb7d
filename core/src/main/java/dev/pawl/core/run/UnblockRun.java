package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/**
 * Makes a blocked run ready again, with all its budgets of failures and losses new: the reason was removed, for example
 * by a deploy. A run that backs off after failures or losses, on its way to being blocked, is ready at once as well. A
 * run that is paused stays paused.
 *
 * @param run only this run; null: the chain's current run
 * @param requestId makes it idempotent over the whole chain; null: every call counts
 * @param digest of the whole request, its kind included; compared when the request id comes again
 * @param actor who asks, for the ledger
 */
public record UnblockRun(String namespace, String workflowId, @Nullable RunId run, String reason,
    @Nullable String requestId, String digest, String actor) implements Steering {

  @Override
  public String verb() {
    return "unblock";
  }

  @Override
  public @Nullable Draft steer(Run target, Situation situation) {
    WorkflowTask task = target.task();
    boolean backsOff = task.phase() == WorkflowTask.Phase.READY && task.failures() + task.losses() > 0;
    if (task.phase() != WorkflowTask.Phase.BLOCKED && !backsOff) return null;
    Draft draft = Draft.of(target, situation.now()).note("RUN_UNBLOCKED", null, actor, reason);
    return draft.task(task.unblocked(draft.now()));
  }
}
