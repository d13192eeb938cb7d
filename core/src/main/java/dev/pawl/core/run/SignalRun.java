package dev.pawl.core.run;

import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells a run something. Taken in every open state, paused and blocked included: the signal waits in history. Refused
 * while too many others wait there.
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

  /** What is wrong with the request itself, whatever it meets; null: nothing. */
  public @Nullable Rejection wrong() {
    return new Check()
        .name("namespace", namespace)
        .name("workflowId", workflowId)
        .name("signalId", signalId)
        .message("signalName", signalName)
        .payload("input", input)
        .payloads("header", header)
        .problem();
  }

  @Override
  public Decision<Signalled> decide(Situation situation) {
    Decision<Signalled> before = Addressed.before(situation, signalId, digest, it -> new Signalled(it.run(), true));
    if (before != null) return before;
    Rejection wrong = wrong();
    if (wrong != null) return new Decision.Rejected<>(wrong);
    Run target = Addressed.run(situation, namespace, workflowId);
    if (target == null) return new Decision.Rejected<>(Addressed.missing(workflowId, run, "signal"));
    if (!target.state().open()) return new Decision.Rejected<>(Addressed.closed(target, "signal"));
    Rejection full = Addressed.full(situation, target);
    if (full != null) return new Decision.Rejected<>(full);
    Draft draft = Draft.of(target, situation.now());
    draft.append(new RunEvent.SignalReceived(signalId, signalName, input, header));
    Addressed.remember(draft, idGiven ? signalId : null, digest);
    return draft.answer(new Signalled(target.id(), false));
  }
}
