package dev.pawl.conformance.wire;

/**
 * The server that is looked at.
 *
 * @param url without {@code /api}, without a slash at its end
 * @param namespace that the cases use; it has to exist
 * @param byRole whether worker, operator and administrator are different callers
 */
public record Target(String url, String namespace, Credential worker, Credential operator, Credential admin,
    boolean byRole) {
  /** One caller who may do everything. */
  public static Target of(String url, String namespace, Credential anybody) {
    return new Target(url, namespace, anybody, anybody, anybody, false);
  }

  /** One caller for each role. */
  public static Target of(String url, String namespace, Credential worker, Credential operator, Credential admin) {
    return new Target(url, namespace, worker, operator, admin, true);
  }
}
