package dev.pawl.chaos.client;

/** An answer that must never have been given, or that never came. */
public final class WrongAnswer extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WrongAnswer(String message) {
    super(message);
  }

  WrongAnswer(String message, Throwable cause) {
    super(message, cause);
  }
}
