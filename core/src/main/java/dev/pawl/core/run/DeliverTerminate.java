package dev.pawl.core.run;

import dev.pawl.core.value.Failure;
import java.util.Objects;

/** A parent closed, and its child ends with it. */
public record DeliverTerminate(Mail.Key key, Mail.TerminateOther terminate) implements Request<Delivered> {
  @Override
  public Anchor anchor() {
    return new OfChain(terminate.namespace(), terminate.workflowId(), null, false);
  }

  @Override
  public Needs needs() {
    return Needs.closing(null);
  }

  @Override
  public Decision<Delivered> decide(Situation situation) {
    Failure problem = ToOther.problem(situation.run(), terminate.workflowId(), terminate.onlyRun(), "terminate");
    // A child that ended by itself is what everybody wanted.
    if (problem != null) return Deliveries.nothing(situation, key);
    Run run = Objects.requireNonNull(situation.run());
    Draft draft = Draft.of(run, situation.now())
        .effect(new Effect.Take(key))
        .close(new RunEvent.WorkflowTerminated(terminate.reason(), Unheard.of(situation, run).signals()), 0);
    return draft.answer(new Delivered(draft.state().id(), true));
  }
}
