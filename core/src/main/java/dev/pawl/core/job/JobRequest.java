package dev.pawl.core.job;

import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Something imperative that concerns one job. One file per request.
 *
 * @param <A> the answer after the commit
 */
public interface JobRequest<A> {

  /** The job that it is about; for a submission, the id that a new job would get. */
  JobId job();

  JobEvent event();

  Actor actor();

  /** The epoch whose line of the ledger {@link #decide} wants to see, unless a lease of that epoch stands. */
  default OptionalLong endOf() {
    return OptionalLong.empty();
  }

  /**
   * What is asked for instead when the database refuses the data of this, whatever is tried; null: nothing, and whoever
   * asked is told.
   */
  default @Nullable JobRequest<A> unstorable(String why) {
    return null;
  }

  /** Decides. No I/O, no clock, no logger; the same situation always gives the same decision. */
  JobDecision<A> decide(JobSituation situation);

  /** The matrix has no such transition: nothing changes, and the attempt is audited. */
  default <B> JobDecision<B> illegal(JobState job, Instant now) {
    return audited(UwerCode.ILLEGAL_TRANSITION, event() + " is not possible while job " + job.id() + " is " + job.phase()
        + (job.leased() ? " and leased" : ""), job, now, null);
  }

  default <B> JobDecision<B> audited(
      UwerCode code, String message, JobState job, Instant now, @Nullable OperatorPapers papers) {
    return new JobDecision.Refused<>(code, message, null, new Transition(job.id(), job.spec().namespace(), now, actor(),
        event(), job.phase(), job.epoch(), job.phase(), job.epoch(), null, null, code, papers));
  }

  default <B> JobDecision<B> absent() {
    return JobDecision.refused(UwerCode.NOT_FOUND, "there is no job " + job());
  }

  default <B> JobDecision<B> stale(JobState job, long epoch, Instant now) {
    return audited(UwerCode.STALE_EPOCH, "epoch %d of job %s is over, the newest is %d; drop the work"
        .formatted(epoch, job.id(), job.epoch()), job, now, null);
  }
}
