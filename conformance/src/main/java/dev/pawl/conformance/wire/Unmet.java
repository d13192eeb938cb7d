package dev.pawl.conformance.wire;

import org.jspecify.annotations.Nullable;

/** The server did not do what the contract says. */
public final class Unmet extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Unmet(String message) {
    super(message);
  }

  /** @throws Unmet unless the condition holds */
  public static void unless(boolean holds, String message, @Nullable Object... arguments) {
    if (!holds) throw new Unmet(message.formatted(arguments));
  }
}
