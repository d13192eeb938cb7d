package dev.pawl.server.auth;

import java.util.Set;

/**
 * Who calls.
 *
 * @param namespaces the only ones that the caller may touch; empty: all
 */
public record Principal(Role role, Set<String> namespaces) {
  public Principal {
    namespaces = Set.copyOf(namespaces);
  }

  public boolean mayTouch(String namespace) {
    return namespaces.isEmpty() || namespaces.contains(namespace);
  }
}
