package dev.pawl.core.run;

import dev.pawl.core.value.Failure;

/** The other workflow has the signal or the cancel request, or cannot have it. */
public record TakeAnswer(Mail.Key key, Mail.ExternalAnswered answer) implements Request<Delivered> {
  @Override
  public Anchor anchor() {
    return new OfChain(answer.sender().namespace(), answer.sender().workflowId(), null, false);
  }

  @Override
  public Decision<Delivered> decide(Situation situation) {
    int step = answer.sender().step();
    Run run = OpenClaim.waiting(situation, answer.sender());
    if (run == null || !run.state().externals().containsKey(step)) return Deliveries.nothing(situation, key);
    Failure problem = answer.problem();
    return Draft.of(run, situation.now())
        .effect(new Effect.Take(key))
        .append(problem == null
            ? new RunEvent.ExternalDelivered(step)
            : new RunEvent.ExternalFailed(step, problem))
        .answer(new Delivered(run.id(), true));
  }
}
