package dev.pawl.core.run;

import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts a run over from its events 1 to {@code toSeq}, as a new run of the same chain; the old one closes as reset,
 * unless it is closed already. What the copied events left open is opened again, and what was said to the run later is
 * said to the new one. See {@link Rebirth}.
 *
 * @param run only this run, and only if it is the newest of its chain; null: the chain's current run
 * @param toSeq 2, or the last event of a worker's report
 * @param requestId makes it idempotent over the whole chain; null: every call counts
 * @param digest of the whole request, its kind included; compared when the request id comes again
 * @param actor who asks, for the ledger
 */
public record ResetRun(String namespace, String workflowId, @Nullable RunId run, long toSeq, String reason,
    @Nullable String requestId, String digest, String actor) implements Request<ResetRun.Reset> {

  /** @param changed false: the request came before */
  public record Reset(RunId newRun, boolean changed) {}

  @Override
  public Anchor anchor() {
    return new OfChain(namespace, workflowId, run, false);
  }

  @Override
  public Needs needs() {
    return new Needs(List.of(), List.of(), 0L, requestId == null ? List.of() : List.of(requestId));
  }

  @Override
  public Decision<Reset> decide(Situation situation) {
    Decision<Reset> before = Addressed.before(situation, requestId, digest, it -> new Reset(it.run(), false));
    if (before != null) return before;
    Rejection wrong = new Check().reason("reason", reason).nameOrNull("requestId", requestId).problem();
    if (wrong != null) return new Decision.Rejected<>(wrong);
    Run target = Addressed.run(situation, namespace, workflowId);
    Situation.Chain chain = situation.chain();
    if (target == null || chain == null) return new Decision.Rejected<>(Addressed.missing(workflowId, run, "reset"));
    if (!chain.run().equals(target.id())) {
      return Decision.rejected(Rejection.Code.RUN_CLOSED,
          "expected the newest run of '%s' to reset, but %s was followed by %s".formatted(
              workflowId, target.id(), chain.run()));
    }
    Rejection place = Rebirth.check(situation.events(), toSeq);
    if (place != null) return new Decision.Rejected<>(place);

    int number = chain.runNumber() + 1;
    RunId newId = RunId.caused(target.id(), number, namespace, workflowId, situation.now());
    Draft next = Rebirth.of(target, situation.events(), toSeq, newId, number, situation.now());
    next.note("RUN_BORN_BY_RESET", null, actor, "%s; events 1 to %d of %s".formatted(reason, toSeq, target.id()));
    Addressed.remember(next, requestId, digest);
    Effect point = new Effect.PointChain(namespace, workflowId, target.id(), newId, number);
    Reset answer = new Reset(newId, true);
    if (!target.state().open()) return next.effect(point).answer(answer);

    Draft old = Draft.of(target, situation.now())
        .note("RUN_RESET", null, actor, reason)
        .close(new RunEvent.WorkflowReset(newId, toSeq, reason, Unheard.of(situation, target).signals()), 0);
    // The new run asks for children under its own names again; those that carry this run's name are nobody's now.
    target.state().children().forEach((step, child) -> {
      boolean named = child.workflowId().equals(Draft.childId(target.id(), step));
      if (named && !next.state().children().containsKey(step)) old.leaveChild(target.state(), step, child);
    });
    next.effects().forEach(old::effect);
    return old.effect(next.asBirth()).effect(point).answer(answer);
  }
}
