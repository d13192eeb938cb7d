package dev.pawl.server.auth;

import java.util.Locale;

/** What a caller is trusted with. */
public enum Role {
  /** Polls for work and reports it. */
  WORKER,
  /** Starts, looks at and steers workflows. */
  OPERATOR,
  /** What an operator may, and the rest of the control plane; no work. */
  ADMIN,
  /** Everything: the one token of a server that has no tokens by role. */
  FULL;

  /** As it travels. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
