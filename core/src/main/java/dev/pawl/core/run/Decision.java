package dev.pawl.core.run;

import dev.pawl.core.value.Rejection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request comes to. A value: nothing has happened yet. */
public sealed interface Decision<A> {

  /**
   * To be committed, all or nothing.
   *
   * @param before the run it was decided on; null if there was none
   * @param after the run afterwards, one version higher; null if only effects are written
   * @param events appended to the run
   * @param answer given to the caller after the commit, never before
   */
  record Change<A>(
      @Nullable Run before, @Nullable Run after, List<Event> events, List<Effect> effects, A answer)
      implements Decision<A> {}

  /** Nothing to write: it was so already. */
  record Unchanged<A>(A answer) implements Decision<A> {}

  record Rejected<A>(Rejection rejection) implements Decision<A> {}

  static <A> Decision<A> unchanged(A answer) {
    return new Unchanged<>(answer);
  }

  static <A> Decision<A> rejected(Rejection.Code code, String message) {
    return new Rejected<>(Rejection.because(code, message));
  }
}
