package dev.pawl.sdk.replay;

import dev.pawl.core.value.Failure;

/** The program can't go on in this process; nothing was written. An Error, because nobody should go on after it. */
public class RunBroken extends Error {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  RunBroken(Failure failure, Throwable cause) {
    super(failure.message(), cause);
    this.failure = failure;
  }

  RunBroken(Failure failure) {
    super(failure.message());
    this.failure = failure;
  }

  /** As it is told to the engine and to people. */
  public final Failure failure() {
    return failure;
  }
}
