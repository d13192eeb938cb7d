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

  Pending(Request<A> request, Batch batch) {
    super(batch);
    this.request = request;
    this.anchor = request.anchor();
    this.needs = request.needs();
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
