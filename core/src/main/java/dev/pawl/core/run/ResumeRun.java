package dev.pawl.core.run;

import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/**
 * Lets a paused run go on. A run that is blocked as well stays blocked.
 *
 * @param run only this run; null: the chain's current run
 * @param requestId makes it idempotent over the whole chain; null: every call counts
 * @param digest of the whole request, its kind included; compared when the request id comes again
 * @param actor who asks, for the ledger
 */
public record ResumeRun(String namespace, String workflowId, @Nullable RunId run, String reason,
    @Nullable String requestId, String digest, String actor) implements Steering {

  @Override
  public String verb() {
    return "resume";
  }

  @Override
  public @Nullable Draft steer(Run target, Situation situation) {
    if (!target.state().paused()) return null;
    return Draft.of(target, situation.now()).append(new RunEvent.WorkflowResumed(reason))
        .note("RUN_RESUMED", null, actor, reason);
  }
}
