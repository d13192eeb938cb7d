package dev.pawl.sdk.replay;

/** Lets a checked exception of user code pass through code that declares none, so that nobody sees a wrapper. */
final class Sneaky {
  private Sneaky() {}

  @SuppressWarnings("unchecked")
  static <E extends Throwable> RuntimeException thrown(Throwable problem) throws E {
    throw (E) problem;
  }
}
