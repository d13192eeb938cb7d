package dev.pawl.core.value;

/** A {@link Rejection} on its way to the caller. Expected, therefore without a stack trace of the engine. */
public final class RejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Rejection rejection;

  public RejectedException(Rejection rejection) {
    super(rejection.code().wire() + ": " + rejection.message()
        + (rejection.field() == null ? "" : " (at " + rejection.field() + ")"));
    this.rejection = rejection;
  }

  public RejectedException(Rejection rejection, Throwable cause) {
    this(rejection);
    initCause(cause);
  }

  public Rejection rejection() {
    return rejection;
  }

  public Rejection.Code code() {
    return rejection.code();
  }
}
