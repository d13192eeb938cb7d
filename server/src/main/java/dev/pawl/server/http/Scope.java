package dev.pawl.server.http;

import dev.pawl.server.auth.Role;
import java.util.List;

/** Who may call a route. */
public enum Scope {
  /** Without a word about oneself. */
  PUBLIC(List.of()),
  ANY(List.of(Role.WORKER, Role.OPERATOR, Role.ADMIN)),
  WORKER(List.of(Role.WORKER)),
  OPERATOR(List.of(Role.OPERATOR, Role.ADMIN)),
  ADMIN(List.of(Role.ADMIN));

  private final List<Role> roles;

  Scope(List<Role> roles) {
    this.roles = roles;
  }

  public List<Role> roles() {
    return roles;
  }

  boolean allows(Role role) {
    return this == PUBLIC || role == Role.FULL || roles.contains(role);
  }
}
