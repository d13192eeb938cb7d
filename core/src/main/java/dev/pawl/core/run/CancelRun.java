package dev.pawl.core.run;

import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/**
 * Asks a program to stop. It may clean up first, or refuse: the request is a fact of the run, nothing more. A second
 * one changes nothing. Taken in every open state, paused and blocked included.
 *
 * @param run only this run; null: the chain's current run
 * @param requestId makes it idempotent over the whole chain; null: every call counts
 * @param digest of the whole request, its kind included; compared when the request id comes again
 * @param actor who asks, for the ledger
 * @param atOnce whether the run closes as cancelled in the same commit, for programs that cannot be asked
 */
public record CancelRun(String namespace, String workflowId, @Nullable RunId run, String reason,
    @Nullable String requestId, String digest, String actor, boolean atOnce) implements Steering {

  /** Leaves it to the program how and when it stops. */
  public CancelRun(String namespace, String workflowId, @Nullable RunId run, String reason,
      @Nullable String requestId, String digest, String actor) {
    this(namespace, workflowId, run, reason, requestId, digest, actor, false);
  }

  @Override
  public String verb() {
    return "cancel";
  }

  @Override
  public Needs needs() {
    return atOnce ? Needs.closing(requestId) : Needs.request(requestId);
  }

  @Override
  public @Nullable Draft steer(Run target, Situation situation) {
    boolean asked = target.state().cancelRequested();
    if (asked && !atOnce) return null;
    Draft draft = Draft.of(target, situation.now());
    if (!asked) draft.append(new RunEvent.CancelRequested(reason, requestId));
    return atOnce
        ? draft.note("RUN_CANCELLED", null, actor, reason)
            .close(new RunEvent.WorkflowCancelled(reason, Unheard.of(situation, target).signals()), 0)
        : draft;
  }
}
