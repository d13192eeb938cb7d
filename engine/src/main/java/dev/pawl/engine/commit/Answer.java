package dev.pawl.engine.commit;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import org.jspecify.annotations.Nullable;

/** What became of a request: its answer after the commit, or why nothing was changed. */
public record Answer<A>(@Nullable A value, @Nullable RuntimeException problem) {

  /** The answer; throws the problem if there is none. */
  @SuppressWarnings("NullAway") // an answer may be null where its type says so
  public A get() {
    if (problem != null) throw problem;
    return value;
  }

  public boolean ok() {
    return problem == null;
  }

  /** The code of the refusal; null if there was none, or if it was a defect. */
  public Rejection.@Nullable Code refusal() {
    return problem instanceof RejectedException e ? e.code() : null;
  }
}
