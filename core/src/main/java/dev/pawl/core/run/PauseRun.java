package dev.pawl.core.run;

import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/**
 * Holds a run back: no worker gets it, and the one that has it is fenced. Signals, results, timers and deadlines are
 * recorded as ever and wait. Activities that are handed out go on.
 *
 * @param run only this run; null: the chain's current run
 * @param requestId makes it idempotent over the whole chain; null: every call counts
 * @param digest of the whole request, its kind included; compared when the request id comes again
 * @param actor who asks, for the ledger
 */
public record PauseRun(String namespace, String workflowId, @Nullable RunId run, String reason,
    @Nullable String requestId, String digest, String actor) implements Steering {

  @Override
  public String verb() {
    return "pause";
  }

  @Override
  public @Nullable Draft steer(Run target, Situation situation) {
    if (target.state().paused()) return null;
    Draft draft = Draft.of(target, situation.now()).append(new RunEvent.WorkflowPaused(reason))
        .note("RUN_PAUSED", null, actor, reason);
    return switch (target.task().phase()) {
      case READY, LEASED -> draft.task(target.task().parked(draft.now()));
      case IDLE, BLOCKED, NONE -> draft;
    };
  }
}
