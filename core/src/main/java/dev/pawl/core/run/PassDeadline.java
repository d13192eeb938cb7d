package dev.pawl.core.run;

import dev.pawl.core.value.Failure;
import java.time.Instant;

/**
 * The run, or its whole chain, has lived as long as it may. A run with a retry policy that ran out of its own time starts
 * over, as after a failure; when the chain's time is over, that is the end.
 *
 * @param kind {@code execution} or {@code run}
 */
public record PassDeadline(Mail.Key key, String kind) implements Request<Delivered> {
  @Override
  public Anchor anchor() {
    return new OfRun(key.owner());
  }

  @Override
  public Needs needs() {
    return Needs.closing(null);
  }

  @Override
  public Decision<Delivered> decide(Situation situation) {
    Run run = situation.run();
    if (run == null || !run.state().open()) return Deliveries.nothing(situation, key);
    Draft draft = Draft.of(run, situation.now()).effect(new Effect.Take(key));
    Unheard unheard = Unheard.of(situation, run);
    Failure why = Failure.of(Failure.TIMED_OUT, "the %s timeout passed".formatted(kind));
    Instant retryAt = kind.equals("run") ? Continuation.retryAt(draft, why) : null;
    if (retryAt == null) draft.close(new RunEvent.WorkflowTimedOut(kind, unheard.signals()), 0);
    else Continuation.retry(draft, retryAt, why, unheard, 0);
    return draft.answer(new Delivered(run.id(), true));
  }
}
