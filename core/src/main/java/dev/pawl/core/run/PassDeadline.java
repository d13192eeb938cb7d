package dev.pawl.core.run;

/**
 * The run, or its whole chain, has lived as long as it may.
 *
 * @param kind {@code execution} or {@code run}
 */
public record PassDeadline(Mail.Key key, String kind) implements Request<Delivered> {
  @Override
  public Anchor anchor() {
    return new OfRun(key.owner());
  }

  @Override
  public Decision<Delivered> decide(Situation situation) {
    Run run = situation.run();
    if (run == null || !run.state().open()) return Deliveries.nothing(situation, key);
    return Draft.of(run, situation.now())
        .effect(new Effect.Take(key))
        .close(new RunEvent.WorkflowTimedOut(kind), 0)
        .answer(new Delivered(run.id(), true));
  }
}
