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
  public Needs needs() {
    return cancel.atOnce() ? Needs.closing(null) : Needs.NOTHING;
  }

  @Override
  public Decision<Delivered> decide(Situation situation) {
    Failure problem = ToOther.problem(situation.run(), cancel.workflowId(), cancel.onlyRun(), "cancel");
    // A child that ended by itself is what its parent wanted; there is nobody to tell.
    if (problem != null && cancel.sender() == null) return Deliveries.nothing(situation, key);
    if (problem != null) return ToOther.refused(situation, key, cancel.sender(), cancel.namespace(), problem);
    Run run = Objects.requireNonNull(situation.run());
    Draft draft = Draft.of(run, situation.now());
    if (!draft.state().cancelRequested()) draft.append(new RunEvent.CancelRequested(cancel.reason(), null));
    if (cancel.atOnce()) {
      draft.close(new RunEvent.WorkflowCancelled(cancel.reason(), Unheard.of(situation, run).signals()), 0);
    }
    ToOther.delivered(draft, situation, key, cancel.sender());
    return draft.answer(new Delivered(draft.state().id(), true));
  }
}
