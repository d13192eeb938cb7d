package dev.pawl.engine.store;

import dev.pawl.core.value.Rejection;

/** The database did not do what it was asked. The code says whether waiting helps. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Rejection.Code code;

  public StoreException(Rejection.Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /**
   * {@code STORE_UNAVAILABLE}, {@code OVERLOADED}, {@code SCHEMA_MISMATCH}, {@code BAD_CONFIGURATION} or, for a value,
   * {@code INVALID_ARGUMENT}.
   */
  public Rejection.Code code() {
    return code;
  }
}
