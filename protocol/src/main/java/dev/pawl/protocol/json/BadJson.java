package dev.pawl.protocol.json;

/** The text is not what the codec of this package writes. Never leaves the package: each codec says what it was reading. */
final class BadJson extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadJson(String message) {
    super(message);
  }
}
