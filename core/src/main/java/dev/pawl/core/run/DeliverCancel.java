package dev.pawl.core.run;

import dev.pawl.core.value.Failure;
import java.util.Objects;

/** Another workflow asks this one to cancel, or its parent closed. A second request counts as delivered. */
public record DeliverCancel(Mail.Key key, Mail.CancelOther cancel) implements Request<Delivered> {
  @Override
  public Anchor anchor() {
    return new OfChain(cancel.namespace(), cancel.workflowId(), null, false);
  }

  @Override
  public Decision<Delivered> decide(Situation situation) {
    Failure problem = ToOther.problem(situation.run(), cancel.workflowId(), cancel.onlyRun(), "cancel");
    // A child that ended by itself is what its parent wanted; there is nobody to tell.
    if (problem != null && cancel.sender() == null) return Deliveries.nothing(situation, key);
    if (problem != null) return ToOther.refused(situation, key, cancel.sender(), cancel.namespace(), problem);
    Draft draft = Draft.of(Objects.requireNonNull(situation.run()), situation.now());
    if (!draft.state().cancelRequested()) draft.append(new RunEvent.CancelRequested(cancel.reason(), null));
    ToOther.delivered(draft, situation, key, cancel.sender());
    return draft.answer(new Delivered(draft.state().id(), true));
  }
}
