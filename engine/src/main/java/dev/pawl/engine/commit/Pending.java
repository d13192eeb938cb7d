package dev.pawl.engine.commit;

import dev.pawl.core.run.Request;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import org.jspecify.annotations.Nullable;

/** A request on its way through a lane, and the place where its answer will be. */
final class Pending<A> extends Enqueued {
  final Request<A> request;
  final Request.Anchor anchor;
  final Request.Needs needs;

  /** Share a write with nobody: somebody in the group makes it fall out or makes the database refuse. Lane's thread only. */
  boolean alone;

  private @Nullable A answer;

  private final boolean due;

  Pending(Request<A> request, boolean due, Batch batch) {
    super(batch);
    this.due = due;
    this.request = request;
    this.anchor = request.anchor();
    this.needs = request.needs();
  }

  @Override
  protected boolean due() {
    return due;
  }

  void answer(A value) {
    if (answered()) return;
    answer = value;
    settled();
  }

  void refuse(Rejection rejection) {
    fail(new RejectedException(rejection));
  }

  @Override
  protected void overloaded(String message) {
    refuse(Rejection.because(Rejection.Code.OVERLOADED, message));
  }

  Answer<A> result() {
    return new Answer<>(answer, problem());
  }
}
