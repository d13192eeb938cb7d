package dev.pawl.sdk;

import java.time.Duration;

/** A promise was not kept within the time that {@link Promise#get(Duration)} was willing to wait. It may still be. */
public final class WaitTimedOutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** @param waited how long was waited */
  public WaitTimedOutException(Duration waited) {
    super("not there after " + waited);
  }
}
