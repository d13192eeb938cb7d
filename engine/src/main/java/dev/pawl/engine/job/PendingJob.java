package dev.pawl.engine.job;

import dev.pawl.core.job.JobRequest;
import dev.pawl.core.job.UwerCode;
import dev.pawl.protocol.job.JobAnswer;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A request on its way through a lane, and the place where its answer will be. */
final class PendingJob<A> {
  final JobRequest<A> request;
  private final CountDownLatch batch;

  // Touched by the lane's thread only.
  int conflicts;
  /** Decide on loaded rows, not on remembered or hoped-for ones. */
  boolean fresh;

  // Written by the lane before the batch is told, read by the caller after.
  private @Nullable JobAnswer<A> answer;
  private @Nullable RuntimeException problem;

  PendingJob(JobRequest<A> request, CountDownLatch batch) {
    this.request = request;
    this.batch = batch;
  }

  boolean answered() {
    return answer != null || problem != null;
  }

  void answer(A value) {
    settle(new JobAnswer.Done<>(value));
  }

  void refuse(UwerCode code, String message, @Nullable String pointer) {
    settle(new JobAnswer.Refused<>(code, message, pointer));
  }

  private void settle(JobAnswer<A> what) {
    if (answered()) return;
    answer = what;
    batch.countDown();
  }

  void fail(RuntimeException why) {
    if (answered()) return;
    problem = why;
    batch.countDown();
  }

  JobAnswer<A> result() {
    if (problem != null) throw problem;
    JobAnswer<A> there = answer;
    if (there == null) throw new IllegalStateException("asked before the answer was there");
    return there;
  }
}
