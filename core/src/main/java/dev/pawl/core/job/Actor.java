package dev.pawl.core.job;

/** Who did it, as the audit tells it: {@code dispatcher:node-3}, {@code operator:ada}. */
public record Actor(Kind kind, String id) {

  public enum Kind {
    INGRESS,
    DISPATCHER,
    NODE,
    CLOCK,
    POLICY,
    CALLER,
    EXTERNAL,
    OPERATOR
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(java.util.Locale.ROOT) + ":" + id;
  }
}
