package dev.pawl.core.run;

import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import java.util.List;
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
    @Nullable String requestId, String digest, String actor, boolean atOnce) implements Request<Steered> {

  /** Leaves it to the program how and when it stops. */
  public CancelRun(String namespace, String workflowId, @Nullable RunId run, String reason,
      @Nullable String requestId, String digest, String actor) {
    this(namespace, workflowId, run, reason, requestId, digest, actor, false);
  }

  @Override
  public Anchor anchor() {
    return new OfChain(namespace, workflowId, run, false);
  }

  @Override
  public Needs needs() {
    return Needs.request(requestId);
  }

  @Override
  public Decision<Steered> decide(Situation situation) {
    Decision<Steered> before = Addressed.before(situation, digest, it -> new Steered(it.run(), false));
    if (before != null) return before;
    Rejection wrong = new Check().reason("reason", reason).nameOrNull("requestId", requestId).problem();
    if (wrong != null) return new Decision.Rejected<>(wrong);
    Run target = Addressed.run(situation, namespace, workflowId);
    if (target == null) return new Decision.Rejected<>(Addressed.missing(workflowId, run, "cancel"));
    if (!target.state().open()) return new Decision.Rejected<>(Addressed.closed(target, "cancel"));
    if (!atOnce && target.state().cancelRequested()) return Decision.unchanged(new Steered(target.id(), false));
    Draft draft = Draft.of(target, situation.now());
    if (!target.state().cancelRequested()) draft.append(new RunEvent.CancelRequested(reason, requestId));
    if (atOnce) {
      draft.note("RUN_CANCELLED", null, actor, reason).close(new RunEvent.WorkflowCancelled(reason, List.of()), 0);
    }
    Addressed.remember(draft, requestId, digest);
    return draft.answer(new Steered(target.id(), true));
  }
}
