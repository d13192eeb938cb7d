package dev.pawl.sdk.job;

import dev.pawl.sdk.Verdict;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * How jobs of one type are done.
 *
 * <pre>{@code
 * Jobs.handler("payment.charge", Charge.class, (job, charge) -> job.awaits(psp.charge(job.effectKey(), charge)))
 *     .check((job, ref) -> psp.paid(ref) ? Checked.done(null) : Checked.pending())
 *     .verify(job -> psp.find(job.effectKey()).map(Verdict::did).orElseGet(Verdict::didNot))
 *     .onDead(dead -> alarm(dead))
 * }</pre>
 *
 * @param check looks whether an external effect has come about; null: only callbacks tell
 * @param verify asked before the work is done again after an attempt whose end nobody knows; null: it is just done again
 * @param onDead told of each dead letter of this type, at least once, also if the worker that buried it died; null: nobody
 * @param needs the dependency without which it cannot work; null: none
 */
public record JobHandler<P>(
    String type,
    Type payload,
    JobBody<P> process,
    @Nullable Check check,
    @Nullable Verify verify,
    @Nullable OnDead onDead,
    @Nullable String needs) {

  /** Looks at an external effect. An exception is a look that failed; it is looked at again. */
  @FunctionalInterface
  public interface Check {
    Checked look(JobContext job, String externalRef) throws Exception;
  }

  /** Asks whether the effect has happened: its result is the job's then, and the work is not done again. */
  @FunctionalInterface
  public interface Verify {
    Verdict<?> ask(JobContext job) throws Exception;
  }

  /** Is told of a death. It is a job itself: what it throws is tried again. */
  @FunctionalInterface
  public interface OnDead {
    void died(DeadJob dead) throws Exception;
  }

  public JobHandler<P> check(Check look) {
    return new JobHandler<>(type, payload, process, look, verify, onDead, needs);
  }

  public JobHandler<P> verify(Verify ask) {
    return new JobHandler<>(type, payload, process, check, ask, onDead, needs);
  }

  public JobHandler<P> onDead(OnDead told) {
    return new JobHandler<>(type, payload, process, check, verify, told, needs);
  }

  /**
   * It cannot work without this dependency, such as {@code billing-api}. When it throws an
   * {@link dev.pawl.sdk.failure.UnavailableException}, the job is given back without spending an attempt; after a few of
   * them all jobs that need the dependency wait until it is back, on all nodes.
   *
   * @param dependency 1 to 128 characters
   */
  public JobHandler<P> needs(String dependency) {
    return new JobHandler<>(type, payload, process, check, verify, onDead, dependency);
  }
}
