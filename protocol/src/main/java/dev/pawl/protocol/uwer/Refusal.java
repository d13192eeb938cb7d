package dev.pawl.protocol.uwer;

import dev.pawl.core.job.UwerCode;
import org.jspecify.annotations.Nullable;

/** A problem on its way out of a reader. Caught at the reader's door; never seen by callers. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient UwerProblem problem;

  Refusal(UwerCode code, String detail, @Nullable String pointer) {
    super(code.wire() + ": " + detail, null, false, false);
    this.problem = new UwerProblem(code, detail, pointer);
  }

  static Refusal schema(String detail, @Nullable String pointer) {
    return new Refusal(UwerCode.SCHEMA_VIOLATION, detail, pointer);
  }

  static Refusal unsafe(String detail) {
    return new Refusal(UwerCode.UNSAFE_DOCUMENT, detail, null);
  }

  UwerProblem problem() {
    return problem;
  }
}
