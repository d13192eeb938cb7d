package dev.pawl.protocol.job;

import dev.pawl.core.job.UwerCode;
import org.jspecify.annotations.Nullable;

/** A refusal on its way to the caller. Expected; nothing was changed. */
public final class JobRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final UwerCode code;
  private final String why;
  private final @Nullable String pointer;

  public JobRefusedException(UwerCode code, String message, @Nullable String pointer) {
    super(code.wire() + ": " + message + (pointer == null ? "" : " (at " + pointer + ")"));
    this.code = code;
    this.why = message;
    this.pointer = pointer;
  }

  public UwerCode code() {
    return code;
  }

  /** The reason without code and place. */
  public String why() {
    return why;
  }

  public @Nullable String pointer() {
    return pointer;
  }
}
