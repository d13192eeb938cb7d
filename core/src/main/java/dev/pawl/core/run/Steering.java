package dev.pawl.core.run;

import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/**
 * What somebody does to one run that they name by its workflow id. All of these requests begin alike: the same request
 * id again gets the same answer, the reason has to be legible, the run has to be there and open. What then happens is
 * {@link #steer}.
 */
sealed interface Steering extends Request<Steered>
    permits CancelRun, TerminateRun, PauseRun, ResumeRun, BlockRun, UnblockRun {

  String namespace();

  String workflowId();

  /** Only this run; null: the chain's current run. */
  @Nullable RunId run();

  String reason();

  /** Makes it idempotent over the whole chain; null: every call counts. */
  @Nullable String requestId();

  /** Of the whole request, its kind included; compared when the request id comes again. */
  String digest();

  /** Who asks, for the ledger. */
  String actor();

  /** What is done to the run, for messages. */
  String verb();

  /**
   * The change of an open run; null: it is so already.
   *
   * @param target open, and the run that was meant
   */
  @Nullable Draft steer(Run target, Situation situation);

  @Override
  default Anchor anchor() {
    return new OfChain(namespace(), workflowId(), run(), false);
  }

  @Override
  default Needs needs() {
    return Needs.request(requestId());
  }

  @Override
  default Decision<Steered> decide(Situation situation) {
    Decision<Steered> before =
        Addressed.before(situation, requestId(), digest(), it -> new Steered(it.run(), false));
    if (before != null) return before;
    Rejection wrong = new Check().reason("reason", reason()).nameOrNull("requestId", requestId()).problem();
    if (wrong != null) return new Decision.Rejected<>(wrong);
    Run target = Addressed.run(situation, namespace(), workflowId());
    if (target == null) return new Decision.Rejected<>(Addressed.missing(workflowId(), run(), verb()));
    if (!target.state().open()) return new Decision.Rejected<>(Addressed.closed(target, verb()));
    Draft draft = steer(target, situation);
    if (draft == null) return Decision.unchanged(new Steered(target.id(), false));
    Addressed.remember(draft, requestId(), digest());
    return draft.answer(new Steered(target.id(), true));
  }
}
