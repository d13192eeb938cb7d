package dev.pawl.core.run;

import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells a run something. Taken in every open state, paused and blocked included: the signal waits in history.
 *
 * @param run only this run; null: the chain's current run
 * @param signalId the request id; the same id counts once per chain
 */
public record SignalRun(
    String namespace,
    String workflowId,
    @Nullable RunId run,
    String signalId,
    String digest,
    String signalName,
    @Nullable Payload input,
    Map<String, Payload> header,
    boolean idGiven)
    implements Request<SignalRun.Signalled> {

  /** @param duplicate the same signal id was received before; nothing was written */
  public record Signalled(RunId run, boolean duplicate) {}

  @Override
  public Anchor anchor() {
    return new OfChain(namespace, workflowId, run, false);
  }

  @Override
  public Needs needs() {
    // An id that the engine itself made up cannot have come before.
    return Needs.request(idGiven ? signalId : null);
  }

  @Override
  public Decision<Signalled> decide(Situation situation) {
    Effect.Remembered before = situation.remembered();
    if (before != null) {
      return before.digest().equals(digest)
          ? Decision.unchanged(new Signalled(before.run(), true))
          : Decision.rejected(Rejection.Code.REQUEST_CONFLICT,
              "signal id '%s' came before with another content, at %s".formatted(signalId, before.at()));
    }
    Run target = situation.run();
    if (target == null) {
      return Decision.rejected(Rejection.Code.RUN_NOT_FOUND,
          "expected a run of '%s' to signal, but it was never started".formatted(workflowId));
    }
    if (!target.state().open()) {
      return Decision.rejected(Rejection.Code.RUN_CLOSED, "expected an open run of '%s' to signal, but %s closed at %s"
          .formatted(workflowId, target.id(), target.state().closedAt()));
    }
    Draft draft = Draft.of(target, situation.now());
    draft.append(new RunEvent.SignalReceived(signalId, signalName, input, header));
    if (idGiven) {
      draft.effect(new Effect.Remember(new Effect.Remembered(
          namespace, workflowId, signalId, digest, target.id(), draft.now())));
    }
    return draft.answer(new Signalled(target.id(), false));
  }
}
