package dev.pawl.engine.commit;

import dev.pawl.core.run.Request;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import org.jspecify.annotations.Nullable;

/** A request on its way through a lane, and the place where its answer will be. */
final class Pending<A> {
  final Request<A> request;
  final Request.Anchor anchor;
  final Request.Needs needs;
  private final Batch batch;

  // Touched by the lane's thread only.
  int conflicts;
  /** Decide on loaded rows, not on cached ones. */
  boolean fresh;
  /** Share a write with nobody: somebody in the group makes it fall out or makes the database refuse. */
  boolean alone;
  /** Not before this reading of the monotonic clock. */
  long notBefore;

  // Written by the lane before the batch is told, read by the caller after.
  private boolean answered;
  private @Nullable A answer;
  private @Nullable RuntimeException problem;

  Pending(Request<A> request, Batch batch) {
    this.request = request;
    this.anchor = request.anchor();
    this.needs = request.needs();
    this.batch = batch;
  }

  boolean answered() {
    return answered;
  }

  void answer(A value) {
    if (answered) return;
    answered = true;
    answer = value;
    batch.arrived();
  }

  void refuse(Rejection rejection) {
    fail(new RejectedException(rejection));
  }

  void fail(RuntimeException why) {
    if (answered) return;
    answered = true;
    problem = why;
    batch.arrived();
  }

  Answer<A> result() {
    return new Answer<>(answer, problem);
  }
}
