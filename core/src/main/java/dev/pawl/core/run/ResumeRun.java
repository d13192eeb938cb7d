package dev.pawl.core.run;

import dev.pawl.core.value.Rejection;
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
    if (target == null) return new Decision.Rejected<>(Addressed.missing(workflowId, run, "resume"));
    if (!target.state().open()) return new Decision.Rejected<>(Addressed.closed(target, "resume"));
    if (!target.state().paused()) return Decision.unchanged(new Steered(target.id(), false));
    Draft draft = Draft.of(target, situation.now()).append(new RunEvent.WorkflowResumed(reason))
        .note("RUN_RESUMED", null, actor, reason);
    Addressed.remember(draft, requestId, digest);
    return draft.answer(new Steered(target.id(), true));
  }
}
