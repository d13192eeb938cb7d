package dev.pawl.core.run;

import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What all requests about a run that somebody named by workflow id have in common: the same request id again gets the
 * same answer, the run has to be there, in this namespace, and open.
 */
final class Addressed {
  private Addressed() {}

  /** The decision if the request id came before; null: it is new, or there is none. */
  static <A> @Nullable Decision<A> before(Situation situation, @Nullable String requestId, String digest,
      Function<Effect.Remembered, A> sameAnswer) {
    Effect.Remembered before = requestId == null ? null : situation.remembered().get(requestId);
    if (before == null) return null;
    return before.digest().equals(digest)
        ? Decision.unchanged(sameAnswer.apply(before))
        : Decision.rejected(Rejection.Code.REQUEST_CONFLICT, "request id '%s' came before with another content, at %s"
            .formatted(before.requestId(), before.at()));
  }

  /** The addressed run; null if it was never started, or belongs to another workflow id or namespace. */
  static @Nullable Run run(Situation situation, String namespace, String workflowId) {
    Run run = situation.run();
    // A run id that somebody guessed must not open the door to another tenant's run.
    return run != null && run.state().namespace().equals(namespace) && run.state().workflowId().equals(workflowId)
        ? run
        : null;
  }

  /** @param verb what was wanted, for example {@code cancel} */
  static Rejection missing(String workflowId, @Nullable RunId run, String verb) {
    return Rejection.because(Rejection.Code.RUN_NOT_FOUND, run == null
        ? "expected a run of '%s' to %s, but it was never started".formatted(workflowId, verb)
        : "expected run %s of '%s' to %s, but there is no such run".formatted(run, workflowId, verb));
  }

  static Rejection closed(Run run, String verb) {
    return Rejection.because(Rejection.Code.RUN_CLOSED, "expected an open run of '%s' to %s, but %s closed at %s as %s"
        .formatted(run.state().workflowId(), verb, run.id(), run.state().closedAt(), run.state().status()));
  }

  /** Why the run takes no message now; null: it does. What came before is answered before anybody asks this. */
  static @Nullable Rejection full(Situation situation, Run run) {
    long unread = run.unread();
    if (unread < situation.unreadLimit()) return null;
    return Rejection.because(Rejection.Code.INBOX_FULL,
        "run %s of '%s' has %d events that its program has not looked at, and takes messages below %d; try again later"
            .formatted(run.id(), run.state().workflowId(), unread, situation.unreadLimit()));
  }

  /** The same of updates, of which few may wait for the program's word. */
  static @Nullable Rejection fullOfUpdates(Situation situation, Run run) {
    int waiting = run.task().admitted() + run.state().offered().size();
    if (waiting < Check.MAX_ADMITTED) return full(situation, run);
    return Rejection.because(Rejection.Code.INBOX_FULL,
        "%d updates wait for the program of run %s of '%s', more are not taken; try again later"
            .formatted(waiting, run.id(), run.state().workflowId()));
  }

  static void remember(Draft draft, @Nullable String requestId, String digest) {
    if (requestId == null) return;
    RunState state = draft.state();
    draft.effect(new Effect.Remember(new Effect.Remembered(state.namespace(), state.workflowId(), requestId, digest,
        state.id(), state.started().runNumber(), draft.now())));
  }
}
