package dev.pawl.core.run;

import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/**
 * Stops a run at once, without a word to its program. Whoever works on it is fenced by the same commit.
 *
 * @param run only this run; null: the chain's current run
 * @param requestId makes it idempotent over the whole chain; null: every call counts
 * @param digest of the whole request, its kind included; compared when the request id comes again
 * @param actor who asks, for the ledger
 */
public record TerminateRun(String namespace, String workflowId, @Nullable RunId run, String reason,
    @Nullable String requestId, String digest, String actor) implements Steering {

  @Override
  public String verb() {
    return "terminate";
  }

  @Override
  public Needs needs() {
    return Needs.closing(requestId);
  }

  @Override
  public @Nullable Draft steer(Run target, Situation situation) {
    return Draft.of(target, situation.now()).note("RUN_TERMINATED", null, actor, reason)
        .close(new RunEvent.WorkflowTerminated(reason, Unheard.of(situation, target).signals()), 0);
  }
}
