package dev.pawl.core.run;

import dev.pawl.core.value.Rejection;
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
 */
public record CancelRun(String namespace, String workflowId, @Nullable RunId run, String reason,
    @Nullable String requestId, String digest, String actor) implements Request<Steered> {

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
    if (target.state().cancelRequested()) return Decision.unchanged(new Steered(target.id(), false));
    Draft draft = Draft.of(target, situation.now()).append(new RunEvent.CancelRequested(reason, requestId));
    Addressed.remember(draft, requestId, digest);
    return draft.answer(new Steered(target.id(), true));
  }
}
