package dev.pawl.protocol.json;

/**
 * A call to another process may have got through, and its answer did not come back. What may be said twice is repeated
 * before anybody hears of this; whoever does hear of it has to look.
 */
public final class LostAnswerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LostAnswerException(String message, Throwable cause) {
    super(message, cause);
  }
}
