package dev.pawl.protocol.uwer;

import dev.pawl.core.job.JobError;
import dev.pawl.core.job.UwerCode;
import org.jspecify.annotations.Nullable;

/**
 * Why a document is refused.
 *
 * @param pointer JSON pointer, or for XML {@code line:column}; null: the document as a whole
 */
public record UwerProblem(UwerCode code, String detail, @Nullable String pointer) {

  /** As it travels. */
  public JobError error() {
    String shown = detail.length() > 4_000 ? detail.substring(0, 4_000) : detail;
    return new JobError(code.wire(), code.title(), shown, code.retryable(), pointer);
  }
}
