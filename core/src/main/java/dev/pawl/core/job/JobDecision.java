package dev.pawl.core.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request comes to. A value: nothing has happened yet. */
public sealed interface JobDecision<A> {

  /**
   * To be committed, all or nothing.
   *
   * @param before the job it was decided on, whose version guards the commit; null: there must be none
   * @param answer given to the caller after the commit, never before
   */
  record Change<A>(@Nullable JobState before, JobState after, List<JobEffect> effects, A answer)
      implements JobDecision<A> {
    public Change {
      effects = List.copyOf(effects);
    }
  }

  /** Nothing to write: it was so already, or it is not time yet. */
  record Unchanged<A>(A answer) implements JobDecision<A> {}

  /**
   * No. The job stays as it is.
   *
   * @param pointer to the offending field of the request
   * @param audit the line that says who tried; null: not worth one
   */
  record Refused<A>(UwerCode code, String message, @Nullable String pointer, @Nullable Transition audit)
      implements JobDecision<A> {}

  static <A> JobDecision<A> refused(UwerCode code, String message) {
    return new Refused<>(code, message, null, null);
  }
}
