package dev.pawl.server.auth;

import java.util.Set;

/**
 * Who calls.
 *
 * @param name by which the audit knows the caller: that of its token, or role and fingerprint
 * @param namespaces the only ones that the caller may touch; empty: all
 */
public record Principal(Role role, Set<String> namespaces, String name) {
  /** Whose fingerprint this name has is known only to those who have the secret. */
  private static final int FINGERPRINT = 8;

  public Principal {
    namespaces = Set.copyOf(namespaces);
  }

  /** A caller without a name of its own. @param hash see {@link Secrets#hash} */
  public static Principal of(Role role, Set<String> namespaces, String hash) {
    return new Principal(role, namespaces, role.wire() + "-" + hash.substring(0, FINGERPRINT));
  }

  public boolean mayTouch(String namespace) {
    return namespaces.isEmpty() || namespaces.contains(namespace);
  }
}
