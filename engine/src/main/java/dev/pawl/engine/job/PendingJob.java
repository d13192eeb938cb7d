package dev.pawl.engine.job;

import dev.pawl.core.job.JobRequest;
import dev.pawl.core.job.UwerCode;
import dev.pawl.engine.commit.Batch;
import dev.pawl.engine.commit.Enqueued;
import dev.pawl.protocol.job.JobAnswer;
import org.jspecify.annotations.Nullable;

/** A request about a job on its way through a lane, and the place where its answer will be. */
final class PendingJob<A> extends Enqueued {
  JobRequest<A> request;

  private @Nullable JobAnswer<A> answer;

  PendingJob(JobRequest<A> request, Batch batch) {
    super(batch);
    this.request = request;
  }

  void answer(A value) {
    settle(new JobAnswer.Done<>(value));
  }

  void refuse(UwerCode code, String message, @Nullable String pointer) {
    settle(new JobAnswer.Refused<>(code, message, pointer));
  }

  /** The database refuses its data. @return whether something else is asked for instead, on loaded rows */
  boolean unstorable(String why) {
    JobRequest<A> instead = request.unstorable(why);
    if (instead == null) return false;
    request = instead;
    refresh();
    return true;
  }

  @Override
  protected void overloaded(String message) {
    refuse(UwerCode.ADMISSION_REFUSED, message, null);
  }

  private void settle(JobAnswer<A> what) {
    if (answered()) return;
    answer = what;
    settled();
  }

  JobAnswer<A> result() {
    RuntimeException why = problem();
    if (why != null) throw why;
    JobAnswer<A> there = answer;
    if (there == null) throw new IllegalStateException("asked before the answer was there");
    return there;
  }
}
