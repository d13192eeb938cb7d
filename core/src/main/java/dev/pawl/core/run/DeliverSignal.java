package dev.pawl.core.run;

import dev.pawl.core.value.Failure;
import java.util.Objects;

/** A signal of another workflow, or one that was written in its sender's own transaction, arrives. */
public record DeliverSignal(Mail.Key key, Mail.SignalOther signal) implements Request<Delivered> {
  @Override
  public Anchor anchor() {
    return new OfChain(signal.namespace(), signal.workflowId(), null, false);
  }

  @Override
  public Decision<Delivered> decide(Situation situation) {
    Run run = situation.run();
    Failure problem = ToOther.problem(run, signal.workflowId(), null, "signal");
    if (problem != null) return ToOther.refused(situation, key, signal.sender(), signal.namespace(), problem);
    Draft draft = Draft.of(Objects.requireNonNull(run), situation.now())
        .append(new RunEvent.SignalReceived(
            key.owner() + "/" + key.item(), signal.name(), signal.input(), signal.header()));
    ToOther.delivered(draft, situation, key, signal.sender());
    return draft.answer(new Delivered(draft.state().id(), true));
  }
}
