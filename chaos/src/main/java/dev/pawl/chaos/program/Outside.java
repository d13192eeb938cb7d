package dev.pawl.chaos.program;

import dev.pawl.sdk.Activity;
import dev.pawl.sdk.ActivityContext;
import dev.pawl.sdk.Step;
import dev.pawl.testbed.ledger.EffectCall;
import dev.pawl.testbed.ledger.LedgerClient;
import dev.pawl.testbed.ledger.Verdict;
import java.io.IOException;

/**
 * The world outside of a worker: the ledger that knows what really happened.
 *
 * @param worker who asks
 */
public record Outside(LedgerClient ledger, String worker) {
  /** How programs say that an effect is a step's: the worker under whose lease it ran is known to the engine alone. */
  private static final String SOMEBODY = "somebody";

  /** The effect of the step that is running. */
  public Verdict pay(long amount) throws IOException {
    Step.Context step = Step.context();
    return done(new EffectCall(step.idempotencyKey(), step.workflowId(), step.run().toString(), step.step(),
        step.attempt(), 0, SOMEBODY, amount));
  }

  private Verdict done(EffectCall call) throws IOException {
    Verdict verdict = ledger.call(call);
    if (verdict == Verdict.FAILED) throw new IOException("the world refused " + call.key());
    return verdict;
  }

  /** The effect of the activity that is running. */
  public Verdict charge(long amount) throws IOException {
    ActivityContext activity = Activity.context();
    return done(new EffectCall(activity.idempotencyKey(), activity.task().workflowId(),
        activity.task().id().run().toString(), activity.task().id().step(), activity.attempt(), activity.epoch(),
        worker, amount));
  }
}
