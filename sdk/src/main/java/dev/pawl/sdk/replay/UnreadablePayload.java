package dev.pawl.sdk.replay;

import dev.pawl.core.value.Failure;

/** A message or input can't be read as what the code wants. Nothing is lost: the run waits for code that can. */
public final class UnreadablePayload extends RunBroken {
  private static final long serialVersionUID = 1L;

  UnreadablePayload(String what, Throwable cause) {
    super(Failure.of("PayloadUnreadable", "%s can't be read: %s".formatted(what, cause.getMessage())), cause);
  }
}
